#include "present/estimate_json.hpp"
#include "present/profile.hpp"

namespace gramme::present {
namespace {

Json list_of(const std::vector<std::string>& texts) {
    Json list = Json::array();
    for (const std::string& text : texts) {
        list.push_back(text);
    }
    return list;
}

Json inputs_json(const std::vector<estimate::ProfileInput>& inputs) {
    Json list = Json::array();
    for (const estimate::ProfileInput& one : inputs) {
        Json json = Json::object();
        json["what"] = one.what;
        json["value"] = number(one.value);
        json["unit"] = one.unit;
        json["source"] = one.source;
        list.push_back(json);
    }
    return list;
}

Json ratio_json(const std::optional<ProfileRatio>& ratio) {
    if (!ratio) {
        return Json(nullptr);
    }
    Json json = Json::object();
    json["carbon"] = number(ratio->carbon);
    json["energy"] = number(ratio->energy);
    json["pue"] = number(ratio->pue);
    json["intensity"] = number(ratio->intensity);
    return json;
}

}  // namespace

std::string profile_json(const ProfileView& view) {
    const estimate::ProfileResult& like = view.like;
    Json profile = Json::object();
    profile["name"] = estimate::name_of(like.profile);
    profile["title"] = estimate::title_of(like.profile);
    profile["edition"] = estimate::edition_of(like.profile);
    profile["energy_kwh"] = number(like.energy_kwh);
    profile["pue"] = number(like.pue);
    profile["intensity_gco2e_per_kwh"] = number(like.gco2e_per_kwh);
    profile["kgco2e"] = number(like.kgco2e);
    profile["shown"] = like.shown;
    profile["steps"] = list_of(like.steps);
    profile["notes"] = list_of(like.notes);
    profile["factors"] = inputs_json(like.inputs);
    Json equivalents = Json::array();
    for (const auto& [what, value] : like.equivalents) {
        Json json = Json::object();
        json["what"] = what;
        json["value"] = value;
        equivalents.push_back(json);
    }
    profile["equivalents"] = equivalents;
    profile["gramme_over_this"] = ratio_json(ratio_of(view));
    JsonWriter json;
    json.open_object();
    write_estimate_members(json, view.asked, view.own);
    json.member("profile", profile);
    json.close_object();
    return std::move(json).take();
}

}  // namespace gramme::present
