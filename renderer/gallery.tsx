// Every component in every state, for looking at while working (`npx vite`, then /gallery.html). Not part of the build.
import "./styles/index.css";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { Actions } from "./gallery/Actions.tsx";
import { Fields } from "./gallery/Fields.tsx";
import { Messages } from "./gallery/Messages.tsx";
import { Tables } from "./gallery/Tables.tsx";
import { Values } from "./gallery/Values.tsx";
import { NAV_FOOT, NAV_GROUPS } from "./nav.ts";
import {
	AppFrame,
	Breadcrumb,
	Button,
	Chip,
	type NavItem,
	NotificationBell,
	PageHeader,
	Pill,
	SearchButton,
	Sidebar,
	Stat,
	StatusBar,
	StatusDot,
	UiProvider,
	WindowControls,
} from "./ui/index.ts";

const root = document.getElementById("root");
if (!root) throw new Error("gallery.html has no #root");

const nothing = () => {};
const LIVE: Readonly<Record<string, Partial<NavItem>>> = {
	"#/data": { count: 4 },
	"#/models": { count: 3 },
	"#/runs": { live: "1 run training" },
	"#/sweeps": { count: 2 },
};
const groups = NAV_GROUPS.map((items) => items.map((item) => ({ ...item, ...LIVE[item.href] })));

createRoot(root).render(
	<StrictMode>
		<UiProvider>
			<AppFrame
				crumbs={<Breadcrumb crumbs={[{ label: "Runs", href: "#/runs" }, { label: "Qwen2-7B GSM8K 014" }]} />}
				search={<SearchButton onClick={nothing} />}
				tools={<NotificationBell />}
				windowControls={<WindowControls minimize={nothing} maximize={nothing} close={nothing} />}
				sidebar={<Sidebar groups={groups} foot={NAV_FOOT} current="#/runs" />}
				status={
					<StatusBar
						end={
							<>
								<span>
									Queue: <b>2</b> runs waiting
								</span>
								<span>1.0.0</span>
							</>
						}
					>
						<span>
							<StatusDot live size={6} /> <b>Training</b> Qwen2-7B GSM8K 014
						</span>
						<Stat label="Step" value="1,312" unit="of 2,919" chars={5} />
						<span>
							<b>11 h 28 m</b> left
						</span>
					</StatusBar>
				}
			>
				<PageHeader
					lead={<StatusDot color="var(--run-1)" size={10} />}
					title="Qwen2-7B GSM8K 014"
					meta={
						<>
							<Pill tone="good" dot>
								Training
							</Pill>
							<Chip label="β">0.03</Chip>
							<Chip label="lr">5e-7</Chip>
							<Chip label="λ">1</Chip>
						</>
					}
					actions={
						<>
							<Button variant="quiet">Add note</Button>
							<Button kbd="P">Pause</Button>
							<Button>Stop…</Button>
						</>
					}
				/>
				<Actions />
				<Fields />
				<Values />
				<Tables />
				<Messages />
			</AppFrame>
		</UiProvider>
	</StrictMode>,
);
