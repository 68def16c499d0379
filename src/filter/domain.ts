import type { Text } from '../text/text.ts';
import type { Kind, Value } from './values.ts';

/** One field of what is filtered. It may hold several values (`ip.addr`), or none. */
export interface Field<S> {
  name: string;
  kind: Kind;
  /** A line of the help. */
  help: Text;
  of(subject: S): Value | readonly Value[] | undefined;
  /** What it can hold, where that is a list of names. */
  names?: readonly string[];
  /** Known from a list's head: nothing has to be fetched. */
  head?: boolean;
}

/** What filters are asked of: journeys, or packets. */
export interface Domain<S> {
  field(name: string): Field<S> | undefined;
  /** Why there is no such field here, where there is one elsewhere. */
  elsewhere(name: string): Text | undefined;
  /** The same of a bare word, which may be meant to be searched for. */
  elsewhereAlone?(name: string): Text | undefined;
  /** The text that bare words are searched in, in small letters. */
  searched(subject: S): string;
  /** For completion and for suggestions. */
  fields: readonly Field<S>[];
}
