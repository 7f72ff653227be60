/** What a server asks of the thread that its local model runs on. */
export interface EmbedRequest {
  readonly id: number;
  readonly texts: readonly string[];
}

/** What it is answered. Without vectors the request failed. */
export interface EmbedAnswer {
  readonly id: number;
  readonly vectors?: readonly number[][];
  /** Why the model could not be loaded; never what was in a text. */
  readonly problem?: string;
}

/** The id of the first answer, which nobody asks for: whether the model was loaded. */
export const loadedId = 0;
