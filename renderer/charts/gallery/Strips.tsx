import { ValueStrip } from "../value/ValueStrip.tsx";
import styles from "./gallery.module.css";
import { response } from "./response.ts";

const { tokens, segments } = response();
const long = response(6);
const noValue = tokens.map((t) => ({ ...t, valueBefore: null, valueAfter: null }));
const firstOnly = noValue.map((t, i) => (i === 0 ? { ...t, valueBefore: 0.61 } : t));
const shifted = tokens.map((t) => ({
	...t,
	valueBefore: (t.valueBefore ?? 0) * 2.4 - 1,
	valueAfter: t.valueAfter === null ? null : t.valueAfter * 2.4 - 1,
}));
const prompt =
	"Betty is saving for a new wallet which costs $100. She has half of the money… Her grandparents gave twice as much as her parents.";

export function Strips() {
	return (
		<div className={styles.strips}>
			<div className={styles.card} style={{ height: 330 }}>
				<ValueStrip
					tokens={tokens}
					v1={0.61}
					segments={segments}
					reward={0}
					verdict={{ correct: false, text: "Wrong: 0, expected 5" }}
					prompt={prompt}
					onRetryFromLine={() => {}}
				/>
			</div>
			<div className={styles.card} style={{ height: 330 }}>
				<ValueStrip
					tokens={shifted}
					v1={0.4}
					segments={segments}
					reward={-1}
					rewardRange={[-1, 1]}
					verdict={{ correct: true, text: "Correct: 5" }}
					prompt={prompt}
					processScores={[0.9, 0.8, -0.6, null, -0.9, -1]}
				/>
			</div>
			<div className={styles.card} style={{ height: 260 }}>
				<ValueStrip tokens={long.tokens} v1={0.61} segments={long.segments} reward={0} />
			</div>
			<div className={styles.card} style={{ height: 260 }}>
				<ValueStrip tokens={noValue} v1={null} segments={segments} reward={0} />
			</div>
			<div className={styles.card} style={{ height: 260 }}>
				<ValueStrip tokens={firstOnly} v1={0.61} segments={segments} reward={0} />
			</div>
		</div>
	);
}
