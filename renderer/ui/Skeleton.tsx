import styles from "./Progress.module.css";

/** Stands where a value will be, and keeps its room. */
export function Skeleton({ chars = 6, label = "Being read" }: { chars?: number; label?: string }) {
	return <span className={styles.skeleton} role="img" aria-label={label} style={{ width: `${chars}ch` }} />;
}
