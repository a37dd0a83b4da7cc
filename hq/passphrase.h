#ifndef XSELL_HQ_PASSPHRASE_H_
#define XSELL_HQ_PASSPHRASE_H_

#include <filesystem>
#include <functional>
#include <optional>
#include <string>

namespace xsell::hq {

// Asks at the terminal without showing what is typed; nothing when there is no terminal or the
// question was cancelled.
std::optional<std::string> ask_at_terminal(const std::string& question);

// Where the passphrases of key files come from: a file, a variable or the terminal, in this order;
// never the command line, which others on the machine can read. Fails: Refused with the mend.
class PassphraseSource {
 public:
  static constexpr const char* kVariable = "XSELL_KEY_PASSPHRASE";
  static constexpr std::size_t kShortest = 10;

  using Ask = std::function<std::optional<std::string>(const std::string& question)>;

  PassphraseSource(std::string file, std::optional<std::string> variable, Ask ask)
      : file_(std::move(file)), variable_(std::move(variable)), ask_(std::move(ask)) {}

  std::string for_key(const std::filesystem::path& key_file) const;
  // Asked for twice at a terminal; a short one is refused.
  std::string for_new_key(const std::filesystem::path& key_file) const;

 private:
  std::optional<std::string> given() const;
  std::string asked(const std::string& question) const;

  const std::string file_;
  const std::optional<std::string> variable_;
  const Ask ask_;
};

}  // namespace xsell::hq

#endif  // XSELL_HQ_PASSPHRASE_H_
