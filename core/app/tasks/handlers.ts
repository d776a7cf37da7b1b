import type { ApiHandlers } from "../../contract/api.ts";
import type { TaskService } from "./service.ts";

type Own = Exclude<Extract<keyof ApiHandlers, `tasks.${string}`>, "tasks.estimate">;

export function createTaskHandlers(tasks: TaskService): Pick<ApiHandlers, Own> {
	return {
		"tasks.list": async () => ({ tasks: tasks.list() }),
		"tasks.get": async ({ id }) => tasks.get(id),
		"tasks.start": async (spec) => ({ id: tasks.start(spec) }),
		"tasks.cancel": async ({ id }) => {
			tasks.cancel(id);
			return {};
		},
		"tasks.dismiss": async ({ id }) => {
			await tasks.dismiss(id);
			return {};
		},
		"tasks.retry": async ({ id }) => {
			tasks.retry(id);
			return {};
		},
	};
}
