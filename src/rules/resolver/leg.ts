/** A question on either side of a resolver: what is needed to find it again. */
export interface Leg {
  index: number;
  packet: number;
  start: number;
  end: number | undefined;
  name: string;
  type: string;
  client: string;
  server: string;
  /** Until when its answer may be kept. */
  expires: number | undefined;
}

/** Without an answer a client gives up after this. */
export const PATIENCE = 15e9;
