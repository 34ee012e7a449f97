#include "sources_md.hpp"

namespace gramme::refgen {

std::string sources_md(const refdata::View& view) {
    std::string out =
        "# Where the reference tables come from\n"
        "\n"
        "Made from `sources.csv` by `refgen --sources-md data`; do not edit. Every row of every table in "
        "this\n"
        "folder names one of these ids in its `source` column. `docs/method/reference-data.md` says how the\n"
        "tables are used.\n"
        "\n"
        "The tables carry facts: numbers, codes and names. Where a licence asks for attribution (CC BY, "
        "Open\n"
        "Government Licences, Licence Ouverte, Apache-2.0, MIT), this page and `gramme explain` are where it "
        "is\n"
        "given. \"Facts only\" means that the publisher keeps its rights in the work: single figures were "
        "taken\n"
        "with credit, no text, file or selection. Nothing here is under a share-alike licence for data; "
        "refgen\n"
        "refuses such a source. SPEC and SPECpower_ssj are trademarks of the Standard Performance "
        "Evaluation\n"
        "Corporation.\n"
        "\n";
    for (const refdata::SourceRow& row : view.sources) {
        const auto text = [&view](refdata::Text offset) { return std::string(view.text(offset)); };
        out += "* **" + text(row.id) + "**: " + text(row.title) + ". " + text(row.publisher);
        out += row.year > 0 ? ", " + std::to_string(row.year) : "";
        out += ". Licence: " + text(row.licence) + ". <" + text(row.url) + ">";
        out += row.note == 0 ? "" : ". Note: " + text(row.note);
        out += ".\n";
    }
    return out;
}

}  // namespace gramme::refgen
