/* Reads every packet of a capture with libpcap and counts: the strictest yardstick, no dissector and no output.
 *   cc -O2 -o read-loop bench/read-loop.c -lpcap && ./read-loop FILE */
#include <pcap.h>
#include <stdio.h>

int main(int argc, char **argv) {
  char error[PCAP_ERRBUF_SIZE];
  pcap_t *capture = argc == 2 ? pcap_open_offline(argv[1], error) : NULL;
  if (capture == NULL) {
    fprintf(stderr, "%s\n", argc == 2 ? error : "usage: read-loop FILE");
    return 2;
  }
  struct pcap_pkthdr *header;
  const unsigned char *bytes;
  unsigned long long packets = 0, total = 0;
  while (pcap_next_ex(capture, &header, &bytes) == 1) {
    packets++;
    total += header->caplen;
  }
  printf("{\"packets\":%llu,\"bytes\":%llu}\n", packets, total);
  pcap_close(capture);
  return 0;
}
