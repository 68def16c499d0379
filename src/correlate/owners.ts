interface Endpoint {
  address: string;
  port: number;
}

/** A process of this host; its name as the kernel has it. */
export interface Owner {
  pid: number;
  name: string;
}

/** Live captures of this host: told of each TCP connection when it is first seen, asked for its record. */
export interface Owners {
  opened(id: number, endpoints: () => { client: Endpoint; server: Endpoint }): void;
  /** A batch has been read. */
  look(): void;
  of(id: number, client: Endpoint, server: Endpoint): Owner | 'unknown';
  /** Its record is out. */
  forget(id: number): void;
}
