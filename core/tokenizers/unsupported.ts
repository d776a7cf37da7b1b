/** What a tokenizer asks for that would give other ids or text here than with the library it was made for. */
export class Unsupported extends Error {}
