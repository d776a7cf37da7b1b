import type { Failure } from "../../core/contract/error-body.ts";
import { ApiError, connectionLost, expected } from "./api-error.ts";

/**
 * Sends a file to the machine that trains and resolves with the path of the copy there. Rejects with ApiError:
 * `disk-full` when there is no room, `cancelled` when the signal was given or the connection broke.
 */
export function upload(
	file: File,
	onProgress?: (done: number, total: number) => void,
	signal?: AbortSignal,
): Promise<string> {
	return new Promise((resolve, reject) => {
		// fetch cannot tell how far an upload is.
		const request = new XMLHttpRequest();
		request.open("PUT", `/upload?name=${encodeURIComponent(file.name)}`);
		request.responseType = "json";
		request.upload.onprogress = ({ loaded, total }) => onProgress?.(loaded, total);
		request.onload = () => {
			const answer = (request.response ?? {}) as { path?: string; failure?: Failure };
			if (request.status === 201 && answer.path !== undefined) resolve(answer.path);
			else reject(answer.failure === undefined ? connectionLost() : new ApiError(answer.failure));
		};
		request.onerror = () => reject(connectionLost());
		request.onabort = () =>
			reject(
				expected({
					code: "cancelled",
					message: `The upload of ${file.name} was cancelled.`,
					hint: "Nothing was kept of it.",
				}),
			);
		signal?.addEventListener("abort", () => request.abort(), { once: true });
		request.send(file);
	});
}
