import { PROVIDER_LABELS } from "../../core/contract/provider.ts";
import { format, Meter } from "../ui/index.ts";
import styles from "./DeviceMeter.module.css";
import { useStudio } from "./store.ts";

/** What this computer is doing, at the foot of the sidebar. */
export function DeviceMeter() {
	const meter = useStudio((state) => state.meter);
	if (meter === null) return <div className={styles.meter} aria-hidden="true" />;
	return (
		<section className={styles.meter} aria-label="This computer">
			<div className={styles.line}>
				<b title={meter.device}>{meter.device}</b>
				<span>{PROVIDER_LABELS[meter.provider]}</span>
			</div>
			<div className={styles.line}>
				<span>Memory</span>
				<span>
					<em>{format.bytes(meter.memoryUsedBytes)}</em> / {format.bytes(meter.memoryTotalBytes)}
				</span>
			</div>
			<Meter
				label="Memory used"
				value={meter.memoryUsedBytes}
				max={meter.memoryTotalBytes}
				valueText={`${format.bytes(meter.memoryUsedBytes)} of ${format.bytes(meter.memoryTotalBytes)}`}
			/>
			<div className={styles.line}>
				<span>{meter.busyPercent === null ? "" : `${Math.round(meter.busyPercent)} % busy`}</span>
				<span>{meter.engineBytes > 0 ? `engine ${format.bytes(meter.engineBytes)}` : ""}</span>
			</div>
		</section>
	);
}
