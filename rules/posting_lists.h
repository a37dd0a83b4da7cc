// Which entries hang under which term, best first: one flat array, and beside it, for each term,
// where its list starts and the best entry in it, so that a list that cannot win is never touched.
// The idea is that of score-ordered posting lists ("Indexing Boolean Expressions", VLDB 2009).
// Threads: const use from any.
#ifndef XSELL_RULES_POSTING_LISTS_H_
#define XSELL_RULES_POSTING_LISTS_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "rules/text_table.h"

namespace xsell::rules {

struct Posting {
  std::uint32_t entry;
  std::uint32_t identity;
  std::uint32_t gate;  // 0: holding the term is all that the entry asks for
};

class PostingLists {
 public:
  std::span<const Posting> of(std::uint32_t term) const {
    return {postings_.data() + heads_[term].begin, postings_.data() + heads_[term + 1].begin};
  }
  // kNoId when the list is empty.
  std::uint32_t best(std::uint32_t term) const { return heads_[term].best; }
  bool is_empty() const { return postings_.empty(); }
  std::size_t size() const { return postings_.size(); }
  std::size_t bytes() const {
    return heads_.size() * sizeof(Head) + postings_.size() * sizeof(Posting);
  }

  // Filling: count each posting's term, then place them in the order of their entries.
  void start(std::uint32_t term_count) { heads_.assign(std::size_t{term_count} + 1, {0, kNoId}); }
  void count(std::uint32_t term) { ++heads_[term + 1].begin; }
  void make_room() {
    for (std::size_t i = 1; i < heads_.size(); ++i) heads_[i].begin += heads_[i - 1].begin;
    postings_.resize(heads_.back().begin);
    next_.resize(heads_.size());
    for (std::size_t i = 0; i < heads_.size(); ++i) next_[i] = heads_[i].begin;
  }
  void place(std::uint32_t term, const Posting& posting) {
    if (heads_[term].best == kNoId) heads_[term].best = posting.entry;
    postings_[next_[term]++] = posting;
  }
  void finish() { next_ = {}; }

  template <class Archive, class Self>
  static void visit(Archive& archive, Self& self) {
    archive(self.heads_, self.postings_);
  }

 private:
  struct Head {
    std::uint32_t begin;
    std::uint32_t best;
  };
  std::vector<Head> heads_;  // by term, and one past the last
  std::vector<Posting> postings_;
  std::vector<std::uint32_t> next_;  // while it is filled
};

}  // namespace xsell::rules

#endif  // XSELL_RULES_POSTING_LISTS_H_
