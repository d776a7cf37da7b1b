import { create } from "zustand";
import type { ModelRef } from "../../../core/contract/api-common.ts";
import { call, onPush } from "../../api/index.ts";
import { endOpen, fold, isBusy, newTurn, type Turn } from "./answers.ts";
import { FIRST_QUESTION, keyOf, type Question, toAsk } from "./request.ts";

interface Playground {
	targets: readonly ModelRef[];
	question: Question;
	/** Newest first. */
	turns: readonly Turn[];
	/** Id of the turn on show. */
	shown: string | null;
	session: { id: string; key: string } | null;
}

/** Outlives the screen: question, answers and loaded models are there when it is opened again. */
export const usePlayground = create<Playground>(() => ({
	targets: [],
	question: FIRST_QUESTION,
	turns: [],
	shown: null,
	session: null,
}));
const { getState: get, setState: set } = usePlayground;

const KEPT_TURNS = 50;

export function change(part: Partial<Question>): void {
	set(({ question }) => ({ question: { ...question, ...part } }));
}

export function shownTurn({ turns, shown }: Playground): Turn | undefined {
	return turns.find(({ requestId }) => requestId === shown);
}

function update(requestId: string, by: (turn: Turn) => Turn): void {
	set(({ turns }) => ({ turns: turns.map((turn) => (turn.requestId === requestId ? by(turn) : turn)) }));
}

/** The session of these models; another's models are given back first. */
async function sessionFor(targets: readonly ModelRef[]): Promise<string> {
	const key = targets.map(keyOf).join("\n");
	const { session } = get();
	if (session?.key === key) return session.id;
	set({ session: null });
	if (session) await call("playground.close", { sessionId: session.id });
	const { sessionId } = await call("playground.open", { targets: [...targets] });
	set({ session: { id: sessionId, key } });
	return sessionId;
}

/** Puts a turn's question and its models of that time back into the form, and shows its answers. */
export function show({ requestId, question, targets }: Turn): void {
	set({ shown: requestId, question, targets });
}

/** Asks all models, or those of an earlier turn what they were asked; a session that has ended meanwhile is opened again. */
export async function ask({ question, targets }: Pick<Turn, "question" | "targets"> = get()): Promise<void> {
	const requestId = crypto.randomUUID();
	set(({ turns }) => ({
		...{ question, targets },
		shown: requestId,
		turns: [newTurn(requestId, question, targets), ...turns].slice(0, KEPT_TURNS),
	}));
	const send = async () => {
		const sessionId = await sessionFor(targets);
		// It may have been cancelled while the session opened.
		if (!isBusy(get().turns.find((turn) => turn.requestId === requestId))) return;
		await call("playground.ask", {
			...toAsk(question),
			sessionId,
			requestId,
			targets: targets.map((_, i) => i),
		});
	};
	const kept = get().session;
	try {
		await send().catch((error: unknown) => {
			if (kept === null || get().session !== kept) throw error;
			set({ session: null });
			return send();
		});
	} catch (failure) {
		update(requestId, (turn) => endOpen(turn, { state: "failed", failure }));
	}
}

/** Stops the answers that are being written. */
export async function cancel(): Promise<void> {
	const { session, turns } = get();
	for (const turn of turns.filter(isBusy)) {
		update(turn.requestId, (open) => endOpen(open, { state: "cancelled", failure: null }));
		if (session)
			// A session that is gone writes nothing more.
			await call("playground.cancel", { sessionId: session.id, requestId: turn.requestId }).catch(() => {});
	}
}

/** Hears the answers while the screen is there; leaving it stops what is being written. */
export function listen(): () => void {
	const end = onPush((push) => {
		if (push.type === "playground") update(push.event.requestId, (turn) => fold(turn, push.event));
	});
	return () => {
		void cancel();
		end();
	};
}
