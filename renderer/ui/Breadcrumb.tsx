import { ChevronRight } from "lucide-react";
import styles from "./Breadcrumb.module.css";
import { Icon } from "./Icon.tsx";

export interface Crumb {
	label: string;
	/** Left out for the page itself, which comes last. */
	href?: string | undefined;
}

/** Where one is, from the section to the object. */
export function Breadcrumb({ crumbs }: { crumbs: readonly Crumb[] }) {
	return (
		<nav aria-label="Breadcrumb" className={styles.crumbs}>
			<ol>
				{crumbs.map((crumb, index) => {
					const last = index === crumbs.length - 1;
					return (
						<li key={crumb.label} data-last={last || undefined}>
							{index > 0 && <Icon icon={ChevronRight} size={14} />}
							{crumb.href && !last ? (
								<a href={crumb.href}>{crumb.label}</a>
							) : (
								<span aria-current={last ? "page" : undefined}>{crumb.label}</span>
							)}
						</li>
					);
				})}
			</ol>
		</nav>
	);
}
