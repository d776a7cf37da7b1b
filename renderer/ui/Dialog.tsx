import { X } from "lucide-react";
import { Dialog as Radix, AlertDialog as RadixAlert } from "radix-ui";
import { type ReactNode, useRef, useState } from "react";
import { Button } from "./Button.tsx";
import { cx } from "./cx.ts";
import styles from "./Dialog.module.css";
import { Icon } from "./Icon.tsx";

/** Gives the focus back to what opened the dialog, which is not always a button of its own. */
function useFocusReturn() {
	const opener = useRef<Element>(null);
	return {
		remember: () => {
			opener.current = document.activeElement;
		},
		onCloseAutoFocus: (event: Event) => {
			event.preventDefault();
			if (opener.current instanceof HTMLElement) opener.current.focus();
		},
	};
}

/** Where the focus begins: the first field, else the button that commits. */
function firstFocus(dialog: HTMLElement): HTMLElement | null {
	const field = dialog.querySelector<HTMLElement>("[data-body] :is(input, textarea, [role=combobox])");
	return field ?? dialog.querySelector<HTMLElement>("[data-footer] button:last-of-type");
}

/** A question or a form in front of the page; Esc closes it. */
export function Dialog({
	open,
	onOpenChange,
	title,
	description,
	footer,
	size = "md",
	children,
}: {
	open: boolean;
	onOpenChange: (open: boolean) => void;
	title: string;
	description?: ReactNode;
	/** Buttons, the one that commits last. */
	footer?: ReactNode;
	/** 400, 560 or 840 px wide. */
	size?: "sm" | "md" | "lg";
	children?: ReactNode;
}) {
	const { remember, onCloseAutoFocus } = useFocusReturn();
	return (
		<Radix.Root open={open} onOpenChange={onOpenChange}>
			<Radix.Portal>
				<Radix.Overlay className={styles.scrim} />
				<Radix.Content
					className={cx(styles.dialog, styles[size])}
					{...(description ? {} : { "aria-describedby": undefined })}
					onCloseAutoFocus={onCloseAutoFocus}
					onOpenAutoFocus={(event) => {
						remember();
						const first = event.currentTarget instanceof HTMLElement && firstFocus(event.currentTarget);
						if (!first) return;
						event.preventDefault();
						first.focus();
					}}
					onEscapeKeyDown={(event) => {
						if (event.target instanceof Element && event.target.matches("[data-edited]"))
							event.preventDefault();
					}}
				>
					<div className={styles.head}>
						<Radix.Title className={styles.title}>{title}</Radix.Title>
						<Radix.Close asChild>
							<Button variant="quiet" aria-label="Close" className={styles.close}>
								<Icon icon={X} />
							</Button>
						</Radix.Close>
					</div>
					{description && <Radix.Description className={styles.description}>{description}</Radix.Description>}
					{children && (
						<div className={styles.body} data-body>
							{children}
						</div>
					)}
					{footer && (
						<div className={styles.footer} data-footer>
							{footer}
						</div>
					)}
				</Radix.Content>
			</Radix.Portal>
		</Radix.Root>
	);
}

/** Asks before something that cannot be undone, and names the object: "Delete run 014?". */
export function ConfirmDialog({
	open,
	onOpenChange,
	action,
	object,
	consequence,
	onConfirm,
	danger = true,
	cancelLabel = "Cancel",
}: {
	open: boolean;
	onOpenChange: (open: boolean) => void;
	/** The verb: "Delete". */
	action: string;
	/** What it is done to: "run 014". */
	object: string;
	/** What is lost, what is kept, how much disk it frees. */
	consequence: ReactNode;
	/** May take its time; the dialog closes when it is done. What it throws is the caller's to show. */
	onConfirm: () => void | Promise<void>;
	danger?: boolean;
	cancelLabel?: string;
}) {
	const [busy, setBusy] = useState(false);
	const { remember, onCloseAutoFocus } = useFocusReturn();
	const confirm = async () => {
		setBusy(true);
		try {
			await onConfirm();
		} finally {
			setBusy(false);
			onOpenChange(false);
		}
	};
	return (
		<RadixAlert.Root open={open} onOpenChange={onOpenChange}>
			<RadixAlert.Portal>
				<RadixAlert.Overlay className={styles.scrim} />
				<RadixAlert.Content
					className={cx(styles.dialog, styles.sm)}
					onOpenAutoFocus={remember}
					onCloseAutoFocus={onCloseAutoFocus}
				>
					<div className={styles.head}>
						<RadixAlert.Title className={styles.title}>
							{action} {object}?
						</RadixAlert.Title>
					</div>
					<RadixAlert.Description className={styles.description} asChild>
						<div>{consequence}</div>
					</RadixAlert.Description>
					<div className={styles.footer}>
						<RadixAlert.Cancel asChild>
							<Button>{cancelLabel}</Button>
						</RadixAlert.Cancel>
						<Button variant={danger ? "danger" : "primary"} loading={busy} onClick={() => void confirm()}>
							{action} {object}
						</Button>
					</div>
				</RadixAlert.Content>
			</RadixAlert.Portal>
		</RadixAlert.Root>
	);
}
