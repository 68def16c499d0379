import { CaptureError, type Words } from './batch.ts';
import { hex, u32 } from './integers.ts';

// Why a capture cannot be opened at all, in one sentence of each language.

const CONVERT = 'editcap -F pcapng IN OUT.pcapng';

/** Other formats by their first bytes. `how` is what to run first. */
const OTHERS: { starts: number[]; name: string; how: string }[] = [
  { starts: bytesOf('btsnoop\0'), name: 'btsnoop', how: CONVERT },
  { starts: bytesOf('GMBU'), name: 'Microsoft NetMon', how: CONVERT },
  { starts: bytesOf('RTSS'), name: 'Microsoft NetMon 1', how: CONVERT },
  { starts: bytesOf('TRSNIFF data'), name: 'Sniffer', how: CONVERT },
  { starts: bytesOf('XCP\0'), name: 'NetXray', how: CONVERT },
  { starts: bytesOf('VL\0\0'), name: 'NetXray', how: CONVERT },
  { starts: bytesOf('ObserverPktBuffe'), name: 'Observer', how: CONVERT },
  { starts: bytesOf('iptrace '), name: 'AIX iptrace', how: CONVERT },
  { starts: bytesOf('EyeSDN'), name: 'EyeSDN', how: CONVERT },
  { starts: [0x05, 0x56, 0x4e, 0x46], name: 'Visual Networks', how: CONVERT },
  { starts: [0xac, 0x01, 0x00, 0x1c], name: 'Ixia lcap', how: CONVERT },
  { starts: [0xab, 0x01, 0x00, 0x1c], name: 'Ixia lcap', how: CONVERT },
  { starts: [0x28, 0xb5, 0x2f, 0xfd], name: 'zstd', how: 'zstd -dc IN > OUT' },
  { starts: [0x04, 0x22, 0x4d, 0x18], name: 'lz4', how: 'lz4 -dc IN > OUT' },
  { starts: bytesOf('BZh'), name: 'bzip2', how: 'bzip2 -dc IN > OUT' },
  { starts: [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00], name: 'xz', how: 'xz -dc IN > OUT' },
  { starts: [0x1f, 0x9d], name: 'compress', how: 'gzip -dc IN > OUT' },
  { starts: [0x1f, 0x8b], name: 'gzip (inside gzip)', how: 'gzip -dc IN > OUT' },
  { starts: [0x50, 0x4b, 0x03, 0x04], name: 'zip', how: 'unzip IN' },
  { starts: [0x37, 0x7a, 0xbc, 0xaf], name: '7-Zip', how: '7z x IN' },
];

function bytesOf(text: string): number[] {
  return Array.from(text, (letter) => letter.charCodeAt(0));
}

/** A file name as it may be printed: control characters made visible. */
function shown(file: string): string {
  return file.replace(/[\u0000-\u001f\u007f-\u009f]/g, (c) => `\\x${c.charCodeAt(0).toString(16).padStart(2, '0')}`);
}

function english(file: string): string {
  return file === '-' ? 'standard input' : shown(file);
}

function korean(file: string): string {
  return file === '-' ? '표준 입력' : shown(file);
}

function refuse(code: string, file: string, en: string, ko: string): CaptureError {
  return new CaptureError(code, `${english(file)}: ${en}`, `${korean(file)}: ${ko}`);
}

/** From the system's error when opening or reading the first bytes. */
export function systemRefusal(file: string, error: NodeJS.ErrnoException): CaptureError {
  switch (error.code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return refuse('no-file', file, 'no such file', '파일이 없습니다');
    case 'EISDIR':
      return directory(file);
    case 'EACCES':
    case 'EPERM':
      return refuse('no-permission', file, 'no permission to read it', '읽을 권한이 없습니다');
    default:
      return refuse('cannot-open', file, `cannot be read (${error.message})`, `읽을 수 없습니다 (${error.message})`);
  }
}

export function directory(file: string): CaptureError {
  return refuse('directory', file, 'is a directory, not a capture file', '캡처 파일이 아니라 디렉터리입니다');
}

export function terminal(file: string): CaptureError {
  return refuse('terminal', file, 'is a terminal; a capture must be piped in', '터미널입니다. 캡처를 파이프로 넘겨 주세요');
}

export function empty(file: string): CaptureError {
  return refuse('empty-file', file, 'is empty (0 bytes)', '비어 있습니다 (0바이트)');
}

export function tooShort(file: string, length: number, format: string | undefined, header: number): CaptureError {
  const en = format === undefined ? 'too short for a capture' : `cut off within the ${format} header of ${header} bytes`;
  const ko = format === undefined ? '캡처 파일로는 너무 짧습니다' : `${header}바이트인 ${format} 헤더가 중간에 끊겼습니다`;
  return refuse('too-short', file, `${en} (${length} bytes)`, `${ko} (${length}바이트)`);
}

/** The bytes end before a header is there, for a reason that `detail` gives. */
export function unreadable(file: string, detail: Words): CaptureError {
  return refuse('unreadable', file, `cannot be read: ${detail.en}`, `읽을 수 없습니다: ${detail.ko}`);
}

export function badVersion(file: string, format: string, version: string, supported: string): CaptureError {
  const en = `${format} version ${version} is not supported, only ${supported}`;
  return refuse('unsupported-version', file, en, `${format} 버전 ${version}은(는) 지원하지 않습니다. 지원 버전: ${supported}`);
}

export function badByteOrder(file: string, magic: number): CaptureError {
  const en = `begins like pcapng, but its byte-order magic ${hex(magic)} is neither order's`;
  return refuse('bad-magic', file, en, `pcapng처럼 시작하지만 바이트 순서 값 ${hex(magic)}이(가) 올바르지 않습니다`);
}

/** Neither pcap nor pcapng: names the format where its first bytes are known. */
export function notACapture(file: string, bytes: Uint8Array): CaptureError {
  const other = OTHERS.find(({ starts }) => starts.every((byte, i) => bytes[i] === byte));
  if (other !== undefined) {
    const en = `is ${other.name} data, which is not read here; convert it first: ${other.how}`;
    return refuse('other-format', file, en, `${other.name} 형식이며 바로 읽을 수 없습니다. 먼저 변환하세요: ${other.how}`);
  }
  const magic = bytes.length >= 4 ? hex(u32(bytes, 0, true)) : 'none';
  const en = `not a pcap or pcapng capture (it begins with ${magic}); what tshark reads, editcap can convert: ${CONVERT}`;
  const ko = `pcap 또는 pcapng 캡처가 아닙니다 (첫 4바이트: ${magic}). tshark가 읽는 형식이면 변환할 수 있습니다: ${CONVERT}`;
  return refuse('not-a-capture', file, en, ko);
}
