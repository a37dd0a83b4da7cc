/* The smallest till: c_host PLUGIN [ITEM]... scans the items and prints what to offer with each. */
#include <dlfcn.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <xsell/xsell.h>

static const xsell_plugin* plugin;
static uint64_t sequence;

/* Sends one event of a transaction and prints the prompts to show now. */
static void tell(xsell_event_header* event) {
  xsell_prompt prompts[XSELL_MAX_PROMPTS];
  xsell_prompt_list list = {sizeof list, sizeof prompts[0], XSELL_MAX_PROMPTS, 0, prompts, 0};
  struct timespec now;
  uint32_t i;
  clock_gettime(CLOCK_MONOTONIC, &now);
  event->transaction = 1;
  event->sequence = ++sequence;
  event->monotonic_ns = (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
  plugin->on_event(plugin, event, &list);
  for (i = 0; i < list.count; ++i) {
    printf("  > %s (%s)\n", prompts[i].operator_text, prompts[i].reason);
  }
}

int main(int argc, char** argv) {
  void* library = argc > 1 ? dlopen(argv[1], RTLD_NOW | RTLD_LOCAL) : NULL;
  void* symbol = library ? dlsym(library, XSELL_GET_ENTRY_NAME) : NULL;
  xsell_get_entry_function get_entry;
  const xsell_entry* entry;
  xsell_event_transaction_begin begin = {0};
  xsell_event_transaction_finalised end = {0};
  xsell_host host = {0};
  int i;
  memcpy(&get_entry, &symbol, sizeof get_entry);
  entry = symbol ? get_entry(XSELL_ABI_MAJOR, XSELL_ABI_MINOR) : NULL;
  host.struct_size = sizeof host;
  host.abi_minor = XSELL_ABI_MINOR;
  host.name = xsell_str_from("c_host");
  if (!entry || entry->create(&host, &plugin) != XSELL_OK) {
    fprintf(stderr, "usage: c_host PLUGIN [ITEM]...\n%s\n", library ? "" : dlerror());
    return 1;
  }
  plugin->start(plugin);
  xsell_event_init(&begin.header, sizeof begin, XSELL_EVENT_TRANSACTION_BEGIN);
  tell(&begin.header);
  for (i = 2; i < argc; ++i) {
    xsell_event_line added = {0};
    xsell_event_init(&added.header, sizeof added, XSELL_EVENT_LINE_ADDED);
    added.line.struct_size = sizeof added.line;
    added.line.line = (uint64_t)i - 1;
    added.line.item = xsell_str_from(argv[i]);
    added.line.quantity_milli = 1000;
    printf("%s\n", argv[i]);
    tell(&added.header);
  }
  xsell_event_init(&end.header, sizeof end, XSELL_EVENT_TRANSACTION_FINALISED);
  tell(&end.header);
  plugin->stop(plugin);
  plugin->destroy(plugin);
  return dlclose(library);
}
