export { formatSeconds, formatValue } from "./data/format.ts";
export { heatColor, heatInk, runColor, vColor } from "./data/ramps.ts";
export { defaultSmoothing, type Point, Series, type XAxis } from "./data/series.ts";
export { BalanceStrip, type BalanceStripProps } from "./small/BalanceStrip.tsx";
export { BarMeter, type BarMeterProps } from "./small/BarMeter.tsx";
export { Histogram, type HistogramProps } from "./small/Histogram.tsx";
export { type Bins, powerBins } from "./small/histogram.ts";
export { Sparkline, type SparklineProps } from "./small/Sparkline.tsx";
export { WinLossBar, type WinLossBarProps } from "./small/WinLossBar.tsx";
export type { AxisValue, Brushes, ParallelAxis } from "./sweep/axis.ts";
export { type CellState, type HeatCell, Heatmap, type HeatmapProps } from "./sweep/Heatmap.tsx";
export { ImportanceBars, type ImportanceBarsProps } from "./sweep/ImportanceBars.tsx";
export {
	ParallelCoordinates,
	type ParallelCoordinatesProps,
	type ParallelRun,
} from "./sweep/ParallelCoordinates.tsx";
export { ChartGroup, type ChartGroupProps } from "./time/ChartGroup.tsx";
export type { ExportFile } from "./time/export.ts";
export type { ChartSeries, Mark, Reference } from "./time/model.ts";
export { TimeChart, type TimeChartProps } from "./time/TimeChart.tsx";
export type { StripToken } from "./value/strip.ts";
export { ValueStrip, type ValueStripHandle, type ValueStripProps } from "./value/ValueStrip.tsx";
