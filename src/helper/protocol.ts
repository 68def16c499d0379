/** What the program and its capture helper say to each other. Types only: the helper is a program of its own. */
export interface HelperSettings {
  interfaces: string[];
  filter: string;
  snaplen: number;
  buffer: number;
  promiscuous: boolean;
  /** Stop after so many packets; 0: never. */
  count: number;
  /** Bytes that the spool may hold. */
  limit: number;
  program: string;
  /** Whom to become once everything is open; absent: nobody else. */
  user?: { uid: number; gid: number };
}

/** For the relay: a capture program of somebody else, whose output it puts into the spool. */
export interface RelaySettings {
  interfaces: string[];
  /** What the program is called in messages. */
  name: string;
  command: string;
  arguments: string[];
  /** It may be asked for its counts while it runs. */
  ask: boolean;
  /** Milliseconds for which the program may hold packets back before it writes them. */
  settle: number;
  limit: number;
  /** Whom to become once the program runs; absent: nobody else. */
  user?: { uid: number; gid: number };
}

/** For the helper around `cap`. */
export interface CapSettings {
  interface: string;
  filter: string;
  snaplen: number;
  buffer: number;
  count: number;
  user?: { uid: number; gid: number };
}

export type HelperEvent =
  | { event: 'program'; pid: number }
  | { event: 'open'; interfaces: { name: string; linkType: number; snaplen: number }[] }
  | { event: 'size'; bytes: number; first: number; packets: number }
  | { event: 'statistics'; interfaces: (Statistics | null)[] }
  | { event: 'lost'; interface: string; message: string }
  | {
      event: 'refused';
      interface: string;
      what: 'open' | 'filter' | 'library' | 'privileges' | 'program';
      code: number;
      message: string;
    }
  | { event: 'end'; reason: 'count' | 'interfaces' | 'told' | 'spool' | 'program'; message?: string };

export interface Statistics {
  received: number;
  dropped: number;
  interfaceDropped: number;
}

/** An interface that libpcap can name; `problem`: why it cannot be opened now. */
export interface Listed {
  name: string;
  description?: string;
  up: boolean;
  loopback: boolean;
  problem?: string;
  code?: number;
}

/** For the process that makes a network for one command. */
export interface WardenSettings {
  /** Whom DNS questions are passed on as; absent: nobody else. */
  user?: { uid: number; gid: number };
}

export type WardenEvent =
  | { event: 'network'; namespace: string; ipv6: boolean }
  | { event: 'no-network'; message: string }
  /** It is gone; so many processes still run that lived in it. */
  | { event: 'closed'; left: number };
