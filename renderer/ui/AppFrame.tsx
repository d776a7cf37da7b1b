import { type ReactNode, useEffect } from "react";
import styles from "./AppFrame.module.css";
import { BrandMark, ThemeButton } from "./TitleBar.tsx";

/** Moves the focus to the next pane, as F6 does; to the one before with `back`. */
export function focusNextPane(back = false): void {
	const panes = [...document.querySelectorAll<HTMLElement>("[data-pane]")].filter(
		(pane) => pane.offsetParent !== null || pane.getClientRects().length > 0,
	);
	if (panes.length === 0) return;
	const here = panes.findIndex((pane) => pane.contains(document.activeElement));
	const next = here === -1 ? 0 : (here + (back ? -1 : 1) + panes.length) % panes.length;
	panes[next]?.focus();
}

/** The window: title bar, sidebar, the screen, status bar. It draws what it is given and knows nothing else. */
export function AppFrame({
	crumbs,
	search,
	tools,
	windowControls,
	sidebar,
	status,
	children,
}: {
	/** A `Breadcrumb`. */
	crumbs: ReactNode;
	/** A `SearchButton`. */
	search?: ReactNode;
	/** Beside the theme button, such as the bell. */
	tools?: ReactNode;
	/** `WindowControls`, in a frameless window alone. */
	windowControls?: ReactNode;
	/** A `Sidebar`. */
	sidebar: ReactNode;
	/** A `StatusBar`. */
	status: ReactNode;
	/** The screen, from its `PageHeader` on. */
	children: ReactNode;
}) {
	useEffect(() => {
		const onKey = (event: KeyboardEvent) => {
			if (event.key !== "F6") return;
			event.preventDefault();
			focusNextPane(event.shiftKey);
		};
		addEventListener("keydown", onKey);
		return () => removeEventListener("keydown", onKey);
	}, []);
	return (
		<div className={styles.frame}>
			<header className={styles.title}>
				<div className={styles.brand}>
					<BrandMark />
					<span>DQO Studio</span>
				</div>
				<div className={styles.crumbs}>{crumbs}</div>
				<div className={styles.tools}>
					{search}
					{tools}
					<ThemeButton />
					{windowControls}
				</div>
			</header>
			{sidebar}
			<main className={styles.main} data-pane tabIndex={-1}>
				{children}
			</main>
			{status}
		</div>
	);
}

/** The line at the foot: what trains on the left, the queue and the last save on the right. */
export function StatusBar({ children, end }: { children?: ReactNode; end?: ReactNode }) {
	return (
		<footer className={styles.status} data-pane tabIndex={-1}>
			{children}
			<div className={styles.statusEnd}>{end}</div>
		</footer>
	);
}

/** The head of a screen, with its one `h1`; it stays while the screen scrolls. */
export function PageHeader({
	title,
	note,
	lead,
	meta,
	actions,
	large = false,
}: {
	title: ReactNode;
	/** One quiet sentence: beside the title, or below a large one. */
	note?: ReactNode;
	/** Before the title, such as the run's dot. */
	lead?: ReactNode;
	/** After the title: state pill, chips. */
	meta?: ReactNode;
	actions?: ReactNode;
	/** 24 px, for the first page. */
	large?: boolean;
}) {
	return (
		<div className={styles.pageHeader} data-large={large || undefined}>
			{lead}
			<div className={styles.heading}>
				<h1>{title}</h1>
				{note && <p>{note}</p>}
			</div>
			{meta && <div className={styles.meta}>{meta}</div>}
			{actions && <div className={styles.actions}>{actions}</div>}
		</div>
	);
}
