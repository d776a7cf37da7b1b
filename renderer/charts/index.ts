export { formatSeconds, formatValue } from "./data/format.ts";
export { heatColor, heatInk, runColor, vColor } from "./data/ramps.ts";
export { defaultSmoothing, type Point, Series, type XAxis } from "./data/series.ts";
export { ChartGroup, type ChartGroupProps } from "./time/ChartGroup.tsx";
export type { ExportFile } from "./time/export.ts";
export type { ChartSeries, Mark, Reference } from "./time/model.ts";
export { TimeChart, type TimeChartProps } from "./time/TimeChart.tsx";
export type { StripToken } from "./value/strip.ts";
export { ValueStrip, type ValueStripHandle, type ValueStripProps } from "./value/ValueStrip.tsx";
