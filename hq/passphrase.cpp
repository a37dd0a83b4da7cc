#include "hq/passphrase.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include <fstream>
#include <string_view>

#include "hq/errors.h"

namespace xsell::hq {
namespace {

constexpr char kInterrupt = 3;  // Ctrl-C, which is no signal while the echo is off

void write_text(int terminal, std::string_view text) {
  while (!text.empty()) {
    const ssize_t count = ::write(terminal, text.data(), text.size());
    if (count <= 0) return;
    text.remove_prefix(static_cast<std::size_t>(count));
  }
}

}  // namespace

std::optional<std::string> ask_at_terminal(const std::string& question) {
  const int terminal = ::open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
  if (terminal < 0) return std::nullopt;
  termios usual{};
  if (::tcgetattr(terminal, &usual) != 0) {
    ::close(terminal);
    return std::nullopt;
  }
  termios silent = usual;
  silent.c_lflag &= ~static_cast<tcflag_t>(ECHO | ISIG);
  ::tcsetattr(terminal, TCSAFLUSH, &silent);
  write_text(terminal, question + ": ");
  std::string answer;
  char c = 0;
  while (::read(terminal, &c, 1) == 1 && c != '\n' && c != kInterrupt) answer += c;
  write_text(terminal, "\n");
  ::tcsetattr(terminal, TCSAFLUSH, &usual);
  ::close(terminal);
  if (c != '\n') return std::nullopt;
  return answer;
}

std::optional<std::string> PassphraseSource::given() const {
  if (file_.empty()) return variable_;
  struct stat status {};
  if (::stat(file_.c_str(), &status) == 0 && (status.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
    throw Refused(fmt::format("{} can be read by others: chmod 600 {}", file_, file_));
  }
  std::ifstream stream(file_);
  std::string line;
  if (!std::getline(stream, line)) {
    throw Refused(fmt::format("cannot read a passphrase from the first line of {}", file_));
  }
  return line;
}

std::string PassphraseSource::asked(const std::string& question) const {
  auto answer = ask_ ? ask_(question) : std::nullopt;
  if (!answer) {
    throw Refused(fmt::format(
        "no passphrase: give --passphrase-file, set {}, or run this at a terminal", kVariable));
  }
  return *answer;
}

std::string PassphraseSource::for_key(const std::filesystem::path& key_file) const {
  if (auto passphrase = given()) return *passphrase;
  return asked(fmt::format("Passphrase of {}", key_file.string()));
}

std::string PassphraseSource::for_new_key(const std::filesystem::path& key_file) const {
  auto passphrase = given();
  if (!passphrase) {
    passphrase = asked(fmt::format("New passphrase for {}", key_file.string()));
    if (asked("The same once more") != *passphrase) {
      throw Refused("the two passphrases are not the same; nothing was done");
    }
  }
  if (passphrase->size() < kShortest) {
    throw Refused(fmt::format(
        "the passphrase is shorter than {} bytes: whoever copies the file could try them all",
        kShortest));
  }
  return *passphrase;
}

}  // namespace xsell::hq
