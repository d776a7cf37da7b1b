import { Check, Copy } from "lucide-react";
import { useEffect, useState } from "react";
import { Button, IconButton } from "./Button.tsx";

const SHOWN_MS = 1500;

/** Puts text on the clipboard and says so in place. */
export function CopyButton({
	text,
	label = "Copy",
	words,
}: {
	text: string;
	/** The name of the glyph alone. */
	label?: string;
	/** Shows words beside the glyph. */
	words?: string;
}) {
	const [copied, setCopied] = useState(false);
	useEffect(() => {
		if (!copied) return;
		const timer = setTimeout(() => setCopied(false), SHOWN_MS);
		return () => clearTimeout(timer);
	}, [copied]);
	const copy = () =>
		navigator.clipboard.writeText(text).then(
			() => setCopied(true),
			() => setCopied(false),
		);
	const glyph = copied ? Check : Copy;
	if (!words)
		return (
			<IconButton icon={glyph} label={copied ? "Copied" : label} size="sm" onClick={() => void copy()} />
		);
	return (
		<Button icon={glyph} size="sm" onClick={() => void copy()}>
			{words}
		</Button>
	);
}
