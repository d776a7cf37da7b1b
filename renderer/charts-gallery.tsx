import { createRoot } from "react-dom/client";
import "./styles/index.css";
import styles from "./charts/gallery/gallery.module.css";
import { Strips } from "./charts/gallery/Strips.tsx";
import { SweepCharts } from "./charts/gallery/SweepCharts.tsx";
import { TimeCharts } from "./charts/gallery/TimeCharts.tsx";
import { UiProvider } from "./ui/index.ts";

const pages = { top: TimeCharts, strips: Strips, sweep: SweepCharts };
const Page = pages[location.hash.slice(1) as keyof typeof pages] ?? TimeCharts;

/** Every chart with likely curves, for judging by eye; for development only: `npx vite`, then /charts-gallery.html#top or another page. */
createRoot(document.getElementById("root") as HTMLElement).render(
	<UiProvider>
		<main className={styles.page}>
			<Page />
		</main>
	</UiProvider>,
);
