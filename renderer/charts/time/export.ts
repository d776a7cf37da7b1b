import type { SavedFile } from "../../ui/download.ts";
import type { Plot } from "./plot.ts";

export type ExportFile = SavedFile;

/** The chart with its title as a PNG at device pixels, in either theme whatever the screen shows. */
export async function chartPng(
	plot: Plot,
	title: string,
	value: string,
	theme: "light" | "dark",
): Promise<ExportFile> {
	const out = document.createElement("canvas");
	plot.withCanvas(theme, (canvas, palette, ratio) => {
		const header = Math.round(34 * ratio);
		const margin = Math.round(12 * ratio);
		out.width = canvas.width + margin;
		out.height = canvas.height + header + margin;
		const ctx = out.getContext("2d") as CanvasRenderingContext2D;
		ctx.fillStyle = palette.surface;
		ctx.fillRect(0, 0, out.width, out.height);
		ctx.textBaseline = "middle";
		ctx.fillStyle = palette.text2;
		ctx.font = `500 ${12 * ratio}px ${palette.font}`;
		ctx.fillText(title, margin, header / 2);
		ctx.textAlign = "right";
		ctx.fillStyle = palette.text;
		ctx.font = `600 ${15 * ratio}px ${palette.font}`;
		ctx.fillText(value, out.width - margin, header / 2);
		ctx.drawImage(canvas, 0, header);
	});
	const blob = await new Promise<Blob>((resolve, reject) =>
		out.toBlob((b) => (b ? resolve(b) : reject(new Error("The canvas gave no PNG."))), "image/png"),
	);
	return { name: `${fileName(title)}-${theme}.png`, blob };
}

export function chartCsv(title: string, csv: string): ExportFile {
	return { name: `${fileName(title)}.csv`, blob: new Blob([csv], { type: "text/csv" }) };
}

function fileName(title: string): string {
	return (
		title
			.toLowerCase()
			.replace(/[^a-z0-9]+/g, "-")
			.replace(/^-|-$/g, "") || "chart"
	);
}
