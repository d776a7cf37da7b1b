import { useHashLocation } from "wouter/use-hash-location";

/** The path behind the hash; what follows a "?" there belongs to the screen and not to its address. */
export function useHashPath(): [string, (to: string) => void] {
	const [location, navigate] = useHashLocation();
	return [location.split("?", 1)[0] ?? "/", navigate];
}

/** The query behind the hash, for wouter's `useSearch`. */
export function useHashQuery(): string {
	const [location] = useHashLocation();
	const at = location.indexOf("?");
	return at === -1 ? "" : location.slice(at + 1);
}
