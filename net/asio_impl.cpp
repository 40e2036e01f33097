// The one place where standalone Asio's own sources are compiled (ASIO_SEPARATE_COMPILATION); everything else
// sees declarations only.
#include <asio/impl/src.hpp>
