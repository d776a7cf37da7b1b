import { call } from "../../api/index.ts";
import { Button, ErrorNote } from "../../ui/index.ts";
import { changedOnDisk } from "./changed.ts";
import { useDetail } from "./detail.ts";

/** What kept a part of a data set from being shown; a file that changed meanwhile can be read again from here. */
export function DataError({ id, error }: { id: string; error: unknown }) {
	const { act } = useDetail();
	const again = changedOnDisk(error) ? (
		<Button onClick={() => act(call("data.reload", { id }))}>Read again</Button>
	) : undefined;
	return <ErrorNote error={error} flush action={again} />;
}
