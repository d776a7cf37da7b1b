import type { HandlersOf } from "../../contract/api-method.ts";
import type { modelsApi } from "../../contract/api-models.ts";
import type { ModelService } from "./service.ts";

/** What a window may ask about models. */
export function createModelsHandlers(models: ModelService): HandlersOf<typeof modelsApi> {
	return {
		"models.list": async () => ({ models: models.list() }),
		"models.card": async ({ id }) => models.card(id),
		"models.add": async ({ path }) => models.add(path),
		"models.adopt": async ({ id, baseId }) => models.adopt(id, baseId),
		"models.rename": async ({ id, name }) => {
			models.rename(id, name);
			return {};
		},
		"models.remove": async ({ id }) => {
			models.remove(id);
			return {};
		},
	};
}
