#include "track/lost_journal.hpp"

#include <unistd.h>

#include <cerrno>

#include "host/errno_error.hpp"

namespace gramme::track {

Result<Ledger> LostJournal::ledger() const {
    GRAMME_TRY(store::JournalContents contents, store::read_journal(path_));
    return std::move(contents.ledger);
}

Result<void> LostJournal::remove() {
    if (::unlink(path_.c_str()) != 0 && errno != ENOENT) {
        return host::errno_error("cannot remove the journal " + path_, errno);
    }
    return {};
}

}  // namespace gramme::track
