#include "hq/fleet_store.h"

#include <fmt/format.h>

#include <span>

#include "hq/errors.h"
#include "hq/secret.h"

namespace xsell::hq {
namespace {

using offline_cache::Statement;
using offline_cache::Transaction;

constexpr std::string_view kDeviceColumns =
    "SELECT device, store, lane, public_key, enrolled_at, revoked_at, quarantined_at, last_seen_at,"
    "  rules_version, coalesce(plugin_version, ''), coalesce(health, ''), "
    "  coalesce(highest_version, 0), reported_at FROM devices ";

std::optional<std::int64_t> optional_int64(const Statement& row, int column) {
  if (row.is_null(column)) return std::nullopt;
  return row.column_int64(column);
}

Device read_device(const Statement& row) {
  Device device;
  device.device = row.column_text(0);
  device.store = row.column_text(1);
  device.lane = row.column_text(2);
  const auto key = row.column_blob(3);
  device.public_key.assign(reinterpret_cast<const char*>(key.data()), key.size());
  device.enrolled_at_s = row.column_int64(4);
  device.revoked_at_s = optional_int64(row, 5);
  device.quarantined_at_s = optional_int64(row, 6);
  device.last_seen_at_s = optional_int64(row, 7);
  device.rules_version = optional_int64(row, 8);
  device.plugin_version = row.column_text(9);
  device.health = row.column_text(10);
  device.highest_version = row.column_int64(11);
  device.reported_at_s = optional_int64(row, 12);
  return device;
}

}  // namespace

bool FleetStore::has_lane(std::string_view store, std::string_view lane) {
  return store_.prepare("SELECT 1 FROM lanes WHERE store = ? AND lane = ?")
      .bind_all(store, lane)
      .step();
}

void FleetStore::add_lane(std::string_view store, std::string_view lane) {
  Transaction transaction(store_.database());
  store_.prepare("INSERT INTO stores (store) VALUES (?) ON CONFLICT DO NOTHING").run(store);
  store_.prepare("INSERT INTO lanes (store, lane) VALUES (?, ?) ON CONFLICT DO NOTHING")
      .run(store, lane);
  transaction.commit();
}

std::string FleetStore::add_enrolment(std::string_view store, std::string_view lane,
                                      std::string_view user, std::int64_t now_s,
                                      std::int64_t expires_at_s) {
  if (!has_lane(store, lane)) {
    throw Refused(fmt::format(
        "there is no lane {} in store {}; bring it in with 'xsell-hq import lanes'", lane, store));
  }
  std::string secret = new_secret("");
  store_
      .prepare(
          "INSERT INTO enrolments (secret_hash, store, lane, created_at, created_by, expires_at) "
          "VALUES (?, ?, ?, ?, ?, ?)")
      .run(sha256_hex(secret), store, lane, now_s, user, expires_at_s);
  return secret;
}

std::optional<FleetStore::Lane> FleetStore::lane_of_secret(std::string_view secret) {
  Statement query = store_.prepare(
      "SELECT store, lane FROM enrolments WHERE secret_hash = ? AND used_at IS NULL");
  query.bind_all(sha256_hex(secret));
  if (!query.step()) return std::nullopt;
  return Lane{std::string(query.column_text(0)), std::string(query.column_text(1))};
}

FleetStore::Enrolment FleetStore::enrol(std::string_view secret, const NewDevice& device,
                                        std::int64_t now_s) {
  Transaction transaction(store_.database());
  const std::string secret_hash = sha256_hex(secret);
  Statement query = store_.prepare(
      "SELECT store, lane, expires_at, used_at FROM enrolments WHERE secret_hash = ?");
  query.bind_all(secret_hash);
  if (!query.step()) return Enrolment::kUnknownSecret;
  if (!query.is_null(3)) return Enrolment::kUsed;
  if (query.column_int64(2) <= now_s) return Enrolment::kExpired;
  const std::string store(query.column_text(0));
  const std::string lane(query.column_text(1));
  query.reset();
  const auto key = std::as_bytes(std::span(device.public_key));
  if (store_.prepare("SELECT 1 FROM devices WHERE public_key = ? OR device = ?")
          .bind_all(key, device.device)
          .step()) {
    return Enrolment::kKeyInUse;
  }
  store_
      .prepare(
          "INSERT INTO devices (device, store, lane, public_key, token_hash, enrolled_at) "
          "VALUES (?, ?, ?, ?, ?, ?)")
      .run(device.device, store, lane, key, sha256_hex(device.token), now_s);
  store_.prepare("UPDATE enrolments SET used_at = ?, device = ? WHERE secret_hash = ?")
      .run(now_s, device.device, secret_hash);
  transaction.commit();
  return Enrolment::kDone;
}

std::optional<Device> FleetStore::find_by_token(std::string_view token) {
  Statement query = store_.prepare(std::string(kDeviceColumns) + "WHERE token_hash = ?");
  query.bind_all(sha256_hex(token));
  if (!query.step()) return std::nullopt;
  return read_device(query);
}

std::optional<Device> FleetStore::find(std::string_view device) {
  Statement query = store_.prepare(std::string(kDeviceColumns) + "WHERE device = ?");
  query.bind_all(device);
  if (!query.step()) return std::nullopt;
  return read_device(query);
}

std::vector<Device> FleetStore::devices() {
  std::vector<Device> devices;
  Statement query =
      store_.prepare(std::string(kDeviceColumns) + "ORDER BY store, lane, enrolled_at, device");
  while (query.step()) devices.push_back(read_device(query));
  return devices;
}

bool FleetStore::revoke(std::string_view device, std::int64_t now_s) {
  store_.prepare("UPDATE devices SET revoked_at = ? WHERE device = ? AND revoked_at IS NULL")
      .run(now_s, device);
  return find(device).has_value();
}

bool FleetStore::quarantine(std::string_view device, std::int64_t now_s) {
  store_
      .prepare("UPDATE devices SET quarantined_at = ? WHERE device = ? AND quarantined_at IS NULL")
      .run(now_s, device);
  return find(device).has_value();
}

bool FleetStore::end_quarantine(std::string_view device) {
  store_.prepare("UPDATE devices SET quarantined_at = NULL WHERE device = ?").run(device);
  return find(device).has_value();
}

std::uint64_t FleetStore::highest_version() {
  Statement query = store_.prepare("SELECT coalesce(max(highest_version), 0) FROM devices");
  query.step();
  return static_cast<std::uint64_t>(query.column_int64(0));
}

void FleetStore::saw(std::string_view device, std::int64_t now_s) {
  store_.prepare("UPDATE devices SET last_seen_at = ? WHERE device = ?").run(now_s, device);
}

void FleetStore::record_health(std::string_view device, std::optional<std::int64_t> rules_version,
                               std::string_view plugin_version, std::string_view health_json,
                               std::int64_t now_s) {
  store_
      .prepare(
          "UPDATE devices SET rules_version = ?1, plugin_version = ?2, health = ?3, "
          "last_seen_at = ?4, reported_at = ?4, highest_version = max(coalesce(highest_version, "
          "0), coalesce(?1, 0)) WHERE device = ?5")
      .run(rules_version, plugin_version, health_json, now_s, device);
}

}  // namespace xsell::hq
