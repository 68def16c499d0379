import type { Http2Exchange } from './http2-model.ts';

/** One HTTP request with its response. */
export interface Exchange {
  id: number;
  /** The TCP connection; below 0 over QUIC, for each of its connections another one. */
  connection: number;
  /** The QUIC connection. */
  quic?: number;
  /** 1, 2, … on the connection; HTTP/2's and HTTP/3's stream identifier. */
  stream: number;
  version: '0.9' | '1.0' | '1.1' | '2' | '3';
  method?: string;
  scheme: 'http' | 'https';
  host?: string;
  target?: string;
  referer?: string;
  location?: string;
  contentType?: string;
  /** What the request says it takes (Accept, RFC 9110 §12.5.1). */
  accept?: string;
  /** Which fields the request has: bits of `RequestField`. */
  requestFields?: number;
  /** Content-Length of the response. */
  contentLength?: number;
  /** Of an answer inside TLS, HTTP/2 or HTTP/3 whose head was read whole: its fields about caches, "age: 12", one a line. */
  cacheFields?: string;
  status?: number;
  reason?: string;
  /** Packet of the first byte, of the head's end, and of the last byte; and their times. `requestTime` is that of its first packet. */
  requestPacket?: number;
  requestHeadPacket?: number;
  requestEndPacket?: number;
  requestTime?: number;
  requestEndTime?: number;
  responsePacket?: number;
  responseHeadPacket?: number;
  responseEndPacket?: number;
  responseTime?: number;
  responseEndTime?: number;
  requestPackets: number[];
  responsePackets: number[];
  requestPacketCount: number;
  responsePacketCount: number;
  /** Header bytes as transferred: of HTTP/1 the head from start line to empty line, of HTTP/2 the header block without trailers. */
  requestHeaderBytes?: number;
  responseHeaderBytes?: number;
  /**
   * All bytes of the message on its connection (inside TLS): interim responses, head, body, trailers and what frames them, chunk
   * sizes in HTTP/1, in HTTP/2 whole HEADERS, CONTINUATION, DATA (of a pushed request PUSH_PROMISE) frames.
   */
  requestTransferBytes?: number;
  responseTransferBytes?: number;
  /** Body bytes as transferred, without chunk framing. */
  requestBodyBytes: number;
  responseBodyBytes: number;
  /** Bodies that end with the connection, by chunks, by length, with HTTP/2's END_STREAM, or have none. */
  responseFraming?: 'length' | 'chunked' | 'until-close' | 'end-stream' | 'none';
  /** The half that lies in TLS records for which no keys were given, while the other half could be read. */
  sealed?: 'request' | 'response' | undefined;
  /** False when bytes of it were not captured, or stay sealed. */
  whole: boolean;
  /** True once the response was read to its end; false when the connection or the capture ended before. */
  complete?: boolean;
  /** What the connection (HTTP/1) or the stream (HTTP/2) became: "websocket", "h2c", "connect". */
  upgraded?: string;
  /** HTTP/2 and HTTP/3. */
  http2?: Http2Exchange;
}
