import type { LucideIcon } from "lucide-react";

/** An icon of the set, 16 px with a 1.5 px stroke; always beside words or inside something labelled. */
export function Icon({
	icon: Glyph,
	size = 16,
	className,
}: {
	icon: LucideIcon;
	size?: number;
	className?: string | undefined;
}) {
	return (
		<Glyph
			size={size}
			strokeWidth={1.5}
			absoluteStrokeWidth
			aria-hidden="true"
			className={className}
			style={{ flex: "none", display: "block" }}
		/>
	);
}
