import type { Text } from '../text/text.ts';
import type { Http2Exchange } from './http2-model.ts';

/** How a stream ended that did not end by itself. */
export function resetNote({ reset }: Http2Exchange): Text | undefined {
  if (reset === undefined) return undefined;
  const { from, frame, code, packet } = reset;
  const who = from === 'client' ? '클라이언트' : '서버';
  return frame === 'GOAWAY'
    ? {
        en: `the ${from} said with GOAWAY (${code}) in packet ${packet} that it did not process this request`,
        ko: `${who}가 ${packet}번 패킷의 GOAWAY(${code})로 이 요청을 처리하지 않았다고 알렸습니다`,
      }
    : {
        en: `the ${from} ended the stream with ${frame} (${code}) in packet ${packet}`,
        ko: `${who}가 ${packet}번 패킷의 ${frame}(${code})으로 스트림을 끝냈습니다`,
      };
}

/** Time that a sender of DATA had to wait for WINDOW_UPDATE. */
export function windowNote(wait: { count: number; time: number } | undefined): Text | undefined {
  if (wait === undefined) return undefined;
  const ms = (wait.time / 1e6).toFixed(3);
  return {
    en: `the flow-control window was full ${wait.count === 1 ? 'once' : `${wait.count} times`}: ${ms} ms`,
    ko: `흐름 제어 창이 가득 찬 횟수 ${wait.count}번: ${ms} ms`,
  };
}

/** gRPC's own status comes in the trailers, whatever HTTP's was. */
export function grpcNote({ grpcStatus }: Http2Exchange): Text | undefined {
  if (grpcStatus === undefined || grpcStatus === 0) return undefined;
  return { en: `grpc-status ${grpcStatus}`, ko: `grpc-status ${grpcStatus}` };
}
