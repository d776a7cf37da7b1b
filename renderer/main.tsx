import "./styles/index.css";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { NAV_FOOT, NAV_GROUPS } from "./nav.ts";
import { AppFrame, Breadcrumb, PageHeader, Sidebar, StatusBar, UiProvider } from "./ui/index.ts";

const root = document.getElementById("root");
if (!root) throw new Error("index.html has no #root");

createRoot(root).render(
	<StrictMode>
		<UiProvider>
			<AppFrame
				crumbs={<Breadcrumb crumbs={[{ label: "Home" }]} />}
				sidebar={<Sidebar groups={NAV_GROUPS} foot={NAV_FOOT} current="#/" />}
				status={<StatusBar />}
			>
				<PageHeader large title="Fine-tune a model" note="Three steps. Everything stays on this computer." />
			</AppFrame>
		</UiProvider>
	</StrictMode>,
);
