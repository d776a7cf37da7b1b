/** One turn of a conversation, as chat templates take it. */
export interface Message {
	role: string;
	content: string;
}
