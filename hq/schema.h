#ifndef XSELL_HQ_SCHEMA_H_
#define XSELL_HQ_SCHEMA_H_

#include <span>

#include "offline_cache/migrations.h"

namespace xsell::hq {

// From migrations/NNN_name.sql.
extern const std::span<const offline_cache::Migration> kHqMigrations;

}  // namespace xsell::hq

#endif  // XSELL_HQ_SCHEMA_H_
