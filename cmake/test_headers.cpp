// Does nothing: the precompiled header of the tests belongs to it (cmake/gramme_test.cmake).
int main() {
    return 0;
}
