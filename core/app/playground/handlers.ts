import type { ApiHandlers } from "../../contract/api.ts";
import type { PlaygroundService } from "./service.ts";
import type { ValueService } from "./values.ts";

type Own = Extract<keyof ApiHandlers, `playground.${string}` | `values.${string}`>;

export function createPlaygroundHandlers(
	playground: PlaygroundService,
	values: ValueService,
): Pick<ApiHandlers, Own> {
	return {
		"playground.open": async ({ targets }) => ({ sessionId: playground.open(targets) }),
		"playground.ask": async (input) => {
			playground.ask(input);
			return {};
		},
		"playground.cancel": async ({ sessionId, requestId }) => {
			playground.cancel(sessionId, requestId);
			return {};
		},
		"playground.close": async ({ sessionId }) => {
			playground.close(sessionId);
			return {};
		},
		"values.inspect": (input) => values.inspect(input),
		"values.retry": (input) => values.retry(input),
		"values.cancel": async ({ requestId }) => {
			values.cancel(requestId);
			return {};
		},
	};
}
