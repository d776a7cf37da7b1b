import { Component, type ErrorInfo, type ReactNode } from "react";
import { Button, EmptyState, ErrorNote } from "../ui/index.ts";

/** Keeps a bug in one screen from taking the window with it: the rest goes on, and what trains is not touched. */
export class ErrorBoundary extends Component<
	{ children: ReactNode; route: string },
	{ error: Error | null }
> {
	override state: { error: Error | null } = { error: null };

	static getDerivedStateFromError(error: Error) {
		return { error };
	}

	override componentDidCatch(error: Error, info: ErrorInfo) {
		console.error(error, info.componentStack);
	}

	override componentDidUpdate(before: { route: string }) {
		if (before.route !== this.props.route && this.state.error) this.setState({ error: null });
	}

	override render() {
		const { error } = this.state;
		if (!error) return this.props.children;
		return (
			<EmptyState
				title="This screen failed"
				action={<Button onClick={() => location.reload()}>Reload the window</Button>}
			>
				<p>What trains goes on, and nothing is lost.</p>
				<ErrorNote error={error} />
			</EmptyState>
		);
	}
}
