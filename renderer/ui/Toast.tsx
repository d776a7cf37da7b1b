import { Bell, Check, CircleAlert, type LucideIcon, TriangleAlert, X } from "lucide-react";
import { Toast as Radix } from "radix-ui";
import { Button } from "./Button.tsx";
import { ago } from "./format.ts";
import { Icon } from "./Icon.tsx";
import { VisuallyHidden } from "./Layout.tsx";
import { Popover } from "./Popover.tsx";
import styles from "./Toast.module.css";
import { type ToastEntry, useToasts } from "./toast-store.ts";

const GLYPHS: Readonly<Record<NonNullable<ToastEntry["tone"]>, LucideIcon>> = {
	neutral: Bell,
	good: Check,
	bad: CircleAlert,
	warn: TriangleAlert,
};

const SHOWN_MS = 5000;

/** The toasts at the lower right; once, around the page. */
export function Toaster() {
	const entries = useToasts((state) => state.entries);
	const close = useToasts((state) => state.close);
	return (
		<Radix.Provider duration={SHOWN_MS} swipeDirection="right" label="Notification">
			{entries
				.filter((entry) => entry.open)
				.map((entry) => (
					<Radix.Root
						key={entry.id}
						type="background"
						className={styles.toast}
						data-tone={entry.tone}
						onOpenChange={(open) => {
							if (!open) close(entry.id);
						}}
					>
						<Icon icon={GLYPHS[entry.tone ?? "neutral"]} className={styles.glyph} />
						<div className={styles.words}>
							<Radix.Title className={styles.title}>{entry.title}</Radix.Title>
							{entry.detail && (
								<Radix.Description className={styles.detail}>{entry.detail}</Radix.Description>
							)}
						</div>
						{entry.action && (
							<Radix.Action asChild altText={entry.action.label}>
								<Button size="sm" onClick={entry.action.onClick}>
									{entry.action.label}
								</Button>
							</Radix.Action>
						)}
						<Radix.Close asChild>
							<button type="button" className={styles.close} aria-label="Close">
								<Icon icon={X} size={14} />
							</button>
						</Radix.Close>
					</Radix.Root>
				))}
			<Radix.Viewport className={styles.viewport} />
		</Radix.Provider>
	);
}

/** The bell of the title bar, which keeps every toast of this session. */
export function NotificationBell() {
	const { entries, markRead, clear } = useToasts();
	const unread = entries.filter((entry) => !entry.read).length;
	return (
		<Popover
			label="Notifications"
			align="end"
			onOpenChange={(open) => {
				if (!open) markRead();
			}}
			trigger={
				<button type="button" className={styles.bell} aria-label={`Notifications, ${unread} new`}>
					<Icon icon={Bell} />
					{unread > 0 && <span className={styles.badge} />}
				</button>
			}
		>
			<div className={styles.panel}>
				<div className={styles.panelHead}>
					<b>Notifications</b>
					{entries.length > 0 && (
						<Button size="sm" variant="quiet" onClick={clear}>
							Clear
						</Button>
					)}
				</div>
				{entries.length === 0 && (
					<p className={styles.none}>What finishes while you are elsewhere shows here.</p>
				)}
				<ul>
					{entries.map((entry) => (
						<li key={entry.id} className={styles.entry} data-tone={entry.tone}>
							<Icon icon={GLYPHS[entry.tone ?? "neutral"]} className={styles.glyph} />
							<div className={styles.words}>
								<div className={styles.title}>
									{entry.title}
									{!entry.read && <VisuallyHidden>, new</VisuallyHidden>}
								</div>
								<div className={styles.detail}>
									{entry.detail && <>{entry.detail} · </>}
									{ago(entry.at)}
								</div>
							</div>
							{entry.action && (
								<Button size="sm" variant="quiet" onClick={entry.action.onClick}>
									{entry.action.label}
								</Button>
							)}
						</li>
					))}
				</ul>
			</div>
		</Popover>
	);
}
