#include <gtest/gtest.h>

#include "fake_host.hpp"
#include "probe/probe.hpp"

namespace gramme::probe {
namespace {

const refdata::Tables kTables;

std::string x86(const char* flags) {
    return std::string{
               "processor : 0\nvendor_id : GenuineIntel\ncpu family : 6\nmodel : 106\nstepping : 6\n"} +
           "model name : Intel(R) Xeon(R)\nphysical id : 0\nflags : " + flags + "\n";
}

HostFacts facts_of(const testing::FakeHost& host) {
    return read_host_facts(host, kTables);
}

TEST(HostFacts, AnEmptyMachineIsUnknownNotAnError) {
    testing::FakeHost host;
    host.set_sysroot(true);
    const HostFacts facts = facts_of(host);
    EXPECT_TRUE(facts.hostname.empty());
    EXPECT_TRUE(facts.virtualisation.empty());
    EXPECT_TRUE(facts.container.empty());
    EXPECT_TRUE(facts.architecture.empty());
    EXPECT_EQ(facts.cpu_count, 0);
    EXPECT_EQ(facts.memory_bytes, 0U);
    EXPECT_FALSE(facts.slurm);
}

TEST(HostFacts, NamesOperatingSystemAndHost) {
    const testing::FakeHost host{
        {{"/etc/os-release", "ID=debian\nPRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\n"},
         {"/proc/sys/kernel/osrelease", "6.1.0-26-amd64\n"},
         {"/proc/sys/kernel/hostname", "node7\n"},
         {"/proc/cpuinfo", x86("lm")},
         {"/proc/meminfo", "MemTotal:       2048 kB\n"}}};
    const HostFacts facts = facts_of(host);
    EXPECT_EQ(facts.os, "Debian GNU/Linux 12 (bookworm), Linux 6.1.0-26-amd64");
    EXPECT_EQ(facts.hostname, "node7");
    EXPECT_EQ(facts.architecture, "x86_64");
    EXPECT_EQ(facts.memory_bytes, 2048U * 1024U);
    EXPECT_EQ(facts.cpu_vendor, "GenuineIntel");
    EXPECT_EQ(facts.cpu_model_number, 106);
    EXPECT_FALSE(facts.microarchitecture.empty());
}

TEST(HostFacts, ANameTellsDesignsOfOneModelNumberApart) {
    const auto design = [](const std::string& name) {
        const testing::FakeHost host{{{"/proc/cpuinfo",
                                       "processor : 0\nvendor_id : AuthenticAMD\ncpu family : 23\n"
                                       "model : 1\nmodel name : " +
                                           name + "\n"}}};
        return facts_of(host).microarchitecture;
    };
    EXPECT_EQ(design("AMD EPYC 7601 32-Core Processor"), "zen-naples");
    EXPECT_EQ(design("AMD Ryzen Threadripper 1950X 16-Core Processor"), "zen-client");
    EXPECT_EQ(design("AMD EPYC"), "zen-naples");  // masked: by its numbers
}

TEST(HostFacts, CpuCountFallsBackToTheOnlineList) {
    const testing::FakeHost host{{{"/sys/devices/system/cpu/online", "0-7\n"}}};
    EXPECT_EQ(facts_of(host).cpu_count, 8);
}

TEST(HostFacts, SocketsOfArmComeFromTheTopology) {
    testing::FakeHost host{
        {{"/proc/cpuinfo", "processor : 0\nCPU implementer : 0x41\nCPU part : 0xd0c\n\nprocessor : 1\n"}}};
    host.set("/sys/devices/system/cpu/cpu0/topology/physical_package_id", "0\n");
    host.set("/sys/devices/system/cpu/cpu1/topology/physical_package_id", "36\n");
    EXPECT_EQ(facts_of(host).cpu_sockets, 2);
    EXPECT_EQ(facts_of(host).architecture, "aarch64");
}

TEST(HostFacts, TheFlagOfTheCpuMakesAVirtualMachineTheFirmwareNamesIt) {
    testing::FakeHost host{{{"/proc/cpuinfo", x86("lm hypervisor")}}};
    EXPECT_EQ(facts_of(host).virtualisation, "vm");
    host.set("/sys/class/dmi/id/sys_vendor", "QEMU\n");
    EXPECT_EQ(facts_of(host).virtualisation, "kvm");
    host.set("/sys/class/dmi/id/sys_vendor", "VMware, Inc.\n");
    EXPECT_EQ(facts_of(host).virtualisation, "vmware");
    host.set("/sys/class/dmi/id/sys_vendor", "Microsoft Corporation\n");
    host.set("/sys/class/dmi/id/product_name", "Virtual Machine\n");
    EXPECT_EQ(facts_of(host).virtualisation, "microsoft");
    host.set("/sys/hypervisor/type", "xen\n");
    EXPECT_EQ(facts_of(host).virtualisation, "xen");
}

TEST(HostFacts, BareMetalOfACloudIsNoVirtualMachine) {
    const testing::FakeHost host{{{"/proc/cpuinfo", x86("lm")},
                                  {"/sys/class/dmi/id/sys_vendor", "Amazon EC2\n"},
                                  {"/sys/class/dmi/id/product_name", "c6i.metal\n"},
                                  {"/sys/class/dmi/id/chassis_type", "23\n"}}};
    const HostFacts facts = facts_of(host);
    EXPECT_EQ(facts.virtualisation, "");
    EXPECT_EQ(facts.cloud, "aws");
    EXPECT_EQ(facts.chassis, "server");
}

TEST(HostFacts, AnArmGuestIsKnownByItsFirmware) {
    const testing::FakeHost host{
        {{"/proc/cpuinfo", "processor : 0\nCPU implementer : 0x41\nCPU part : 0xd0c\n"},
         {"/sys/class/dmi/id/sys_vendor", "Amazon EC2\n"},
         {"/sys/class/dmi/id/product_name", "m6g.large\n"}}};
    EXPECT_EQ(facts_of(host).virtualisation, "kvm");
}

TEST(HostFacts, KnowsTheClouds) {
    testing::FakeHost host{{{"/sys/class/dmi/id/product_name", "Google Compute Engine\n"}}};
    EXPECT_EQ(facts_of(host).cloud, "gcp");
    host.set("/sys/class/dmi/id/product_name", "Virtual Machine\n");
    host.set("/sys/class/dmi/id/chassis_asset_tag", "7783-7084-3265-9085-8269-3286-77\n");
    EXPECT_EQ(facts_of(host).cloud, "azure");
}

TEST(HostFacts, ChassisOfFirmware) {
    testing::FakeHost host;
    const std::string path = "/sys/class/dmi/id/chassis_type";
    for (const auto& [type, chassis] :
         {std::pair{"10", "laptop"}, {"3", "desktop"}, {"23", "server"}, {"1", ""}, {"x", ""}}) {
        host.set(path, type);
        EXPECT_EQ(facts_of(host).chassis, chassis) << type;
    }
}

TEST(HostFacts, KnowsContainersByTheirTraces) {
    EXPECT_EQ(facts_of(testing::FakeHost{{{"/.dockerenv", ""}}}).container, "docker");
    EXPECT_EQ(facts_of(testing::FakeHost{{{"/run/.containerenv", ""}}}).container, "podman");
    EXPECT_EQ(facts_of(testing::FakeHost{
                           {{"/proc/1/cgroup", "0::/kubepods/besteffort/pod1\n"}, {"/.dockerenv", ""}}})
                  .container,
              "kubernetes");
    EXPECT_EQ(
        facts_of(testing::FakeHost{{{"/proc/1/environ", std::string{"A=b\0container=lxc\0", 18}}}}).container,
        "lxc");
    EXPECT_EQ(facts_of(testing::FakeHost{{{"/run/systemd/container", "systemd-nspawn\n"}}}).container,
              "container");
}

TEST(HostFacts, EnvironmentTellsKubernetesAndSlurm) {
    testing::FakeHost host;
    host.set_env("KUBERNETES_SERVICE_HOST", "10.0.0.1");
    host.set_env("SLURM_JOB_ID", "77");
    EXPECT_EQ(facts_of(host).container, "kubernetes");
    EXPECT_TRUE(facts_of(host).slurm);
    host.set_sysroot(true);  // a recorded machine is not where we run
    EXPECT_EQ(facts_of(host).container, "");
}

}  // namespace
}  // namespace gramme::probe
