import { useEffect } from "react";
import { create } from "zustand";

/** The last part of the breadcrumb: the name of the object that is shown, or null. */
export const useCrumb = create<{ label: string | null }>(() => ({ label: null }));

/** Names the object on show while the screen is mounted, in the breadcrumb and in the window's title. */
export function useObjectName(label: string | null): void {
	useEffect(() => {
		useCrumb.setState({ label });
		document.title = label === null ? "DQO Studio" : `${label} · DQO Studio`;
		return () => {
			useCrumb.setState({ label: null });
			document.title = "DQO Studio";
		};
	}, [label]);
}
