/** Thrown between two runs of a graph when a stop was asked for; work in hand is dropped, nothing written is lost. */
export class StopRequested extends Error {}
