import type { CSSProperties, ReactNode } from "react";

type Gap = 0 | 2 | 4 | 6 | 8 | 10 | 12 | 16 | 20;

interface LayoutProps {
	children: ReactNode;
	gap?: Gap;
	align?: "start" | "center" | "end" | "baseline" | "stretch";
	justify?: "start" | "center" | "end" | "between";
	wrap?: boolean;
	/** Takes the room that is left, and may shrink below its content. */
	grow?: boolean;
	className?: string | undefined;
}

function layoutStyle(
	{ gap, align, justify, wrap, grow }: LayoutProps,
	direction: "row" | "column",
): CSSProperties {
	return {
		display: "flex",
		flexDirection: direction,
		gap,
		alignItems: align === "start" || align === "end" ? `flex-${align}` : align,
		justifyContent: justify === "between" ? "space-between" : justify,
		flexWrap: wrap ? "wrap" : "nowrap",
		minWidth: 0,
		...(grow ? { flex: 1, minHeight: 0 } : {}),
	};
}

/** Children side by side. */
export function Row({ gap = 8, align = "center", ...rest }: LayoutProps) {
	return (
		<div className={rest.className} style={layoutStyle({ gap, align, ...rest }, "row")}>
			{rest.children}
		</div>
	);
}

/** Children one above the other. */
export function Stack({ gap = 12, align = "stretch", ...rest }: LayoutProps) {
	return (
		<div className={rest.className} style={layoutStyle({ gap, align, ...rest }, "column")}>
			{rest.children}
		</div>
	);
}

/** Text for screen readers alone. */
export function VisuallyHidden({ children }: { children: ReactNode }) {
	return (
		<span
			style={{
				position: "absolute",
				width: 1,
				height: 1,
				margin: -1,
				overflow: "hidden",
				clipPath: "inset(50%)",
				whiteSpace: "nowrap",
			}}
		>
			{children}
		</span>
	);
}
