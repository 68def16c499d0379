/** A header section as HTTP/2 has it. */
export interface HeaderSection {
  fields: number;
  /** Names and values, decompressed; of the fields that are known. */
  bytes: number;
  /** The header block: compressed, without frame headers, padding and priority. */
  blockBytes: number;
}

/** What an exchange over HTTP/2 or HTTP/3 has beyond others. */
export interface Http2Exchange {
  requestFields?: HeaderSection;
  responseFields?: HeaderSection;
  requestTrailers?: HeaderSection;
  responseTrailers?: HeaderSection;
  /** Interim responses (1xx) before the response. */
  interim: number;
  /** Fields that refer to table entries which were not seen, and header blocks that could not be read. */
  unknownFields: number;
  /** The stream ended by RST_STREAM, in HTTP/3 by RESET_STREAM or the client's STOP_SENDING; or its request was above a GOAWAY's last stream, which says that it was not processed. */
  reset?: {
    from: 'client' | 'server';
    frame: 'RST_STREAM' | 'RESET_STREAM' | 'STOP_SENDING' | 'GOAWAY';
    code: string;
    packet: number;
    time: number;
  };
  /** The exchange whose answer came with a PUSH_PROMISE of this one; -1 not seen. */
  pushedBy?: number;
  /** "grpc", "grpc-web": by content type. */
  application?: string;
  grpcStatus?: number;
  /** Times that the next DATA came only after the flow-control window had been full; nanoseconds in all. */
  requestWait?: { count: number; time: number };
  responseWait?: { count: number; time: number };
}

/** What an HTTP/2 or HTTP/3 connection says of itself. */
export interface Http2Connection {
  /** By the names of RFC 9113 §6.5.2; of RFC 9114 §7.2.4.1. */
  settings: { client: Record<string, number>; server: Record<string, number> };
  streams: number;
  pushed: number;
  resets: { client: number; server: number };
  pings: number;
  goAways: { from: 'client' | 'server'; code: string; lastStream: number; packet: number; time: number }[];
}
