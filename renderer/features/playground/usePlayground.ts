import { useCallback, useEffect, useRef, useState } from "react";
import type { ApiInput } from "../../../core/contract/api.ts";
import { call, onPush } from "../../api/index.ts";
import { type Answer, fold, isComing, WAITING } from "./answers.ts";
import type { Target } from "./targets.ts";

type Ask = Omit<ApiInput<"playground.ask">, "sessionId" | "requestId" | "targets">;

/** Asks several targets the same question; their models stay loaded until other targets are asked or the screen is left. */
export function usePlayground() {
	const [answers, setAnswers] = useState<ReadonlyMap<string, Answer>>(new Map());
	const [error, setError] = useState<unknown>(null);
	const session = useRef<{ id: string; keys: string } | null>(null);
	const request = useRef<{ id: string; keys: readonly string[] } | null>(null);

	useEffect(
		() =>
			onPush((push) => {
				if (push.type !== "playground" || push.event.requestId !== request.current?.id) return;
				const { event } = push;
				const key = request.current.keys[event.target];
				if (key === undefined) return;
				// A session that failed is opened anew by the next question.
				if (event.type === "failed") session.current = null;
				setAnswers((before) => new Map(before).set(key, fold(before.get(key) ?? WAITING, event)));
			}),
		[],
	);
	useEffect(() => () => close(session.current), []);

	const ask = useCallback(async (targets: readonly Target[], question: Ask) => {
		setError(null);
		const keys = targets.map(({ key }) => key);
		const id = crypto.randomUUID();
		request.current = { id, keys };
		setAnswers(new Map(keys.map((key) => [key, WAITING])));
		try {
			if (session.current?.keys !== keys.join()) {
				close(session.current);
				const { sessionId } = await call("playground.open", { targets: targets.map(({ ref }) => ref) });
				session.current = { id: sessionId, keys: keys.join() };
			}
			const { id: sessionId } = session.current;
			await call("playground.ask", { ...question, sessionId, requestId: id, targets: keys.map((_, i) => i) });
		} catch (problem) {
			session.current = null;
			setError(problem);
			setAnswers(new Map());
		}
	}, []);

	const cancel = useCallback(() => {
		if (session.current === null || request.current === null) return;
		call("playground.cancel", { sessionId: session.current.id, requestId: request.current.id }).catch(
			setError,
		);
	}, []);

	return { answers, error, ask, cancel, busy: [...answers.values()].some(isComing) };
}

function close(session: { id: string } | null): void {
	// One that has ended already needs no closing.
	if (session !== null) call("playground.close", { sessionId: session.id }).catch(() => {});
}
