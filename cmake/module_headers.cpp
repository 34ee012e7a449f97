// Does nothing: the precompiled header of the modules belongs to it (cmake/gramme_module.cmake).
namespace gramme {
extern const int kNothing;
const int kNothing = 0;
}  // namespace gramme
