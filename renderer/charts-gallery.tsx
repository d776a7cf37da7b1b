import { createRoot } from "react-dom/client";
import "./styles/index.css";
import styles from "./charts/gallery/gallery.module.css";
import { TimeCharts } from "./charts/gallery/TimeCharts.tsx";

/** Every chart with likely curves, for judging by eye; for development only, `npx vite` and then /charts-gallery.html. */
createRoot(document.getElementById("root") as HTMLElement).render(
	<main className={styles.page}>
		<TimeCharts />
	</main>,
);
