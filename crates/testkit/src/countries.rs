//! Files of countries, as MaxMind's specification 2.0 of its databases has them: a
//! tree of the bits of addresses, whose leaves lead to records.

use std::net::IpAddr;

/// No node, and no record.
const NOWHERE: usize = usize::MAX;
/// Bits of an address; one of IPv4 is the last of 96 zeros.
const BITS: u32 = 128;

/// A file that says of each network, such as `203.0.113.0/24`, in which country it is.
pub fn file(networks: &[(&str, &str)]) -> Vec<u8> {
    let mut tree = vec![[NOWHERE; 2]];
    let mut leaves = Vec::new();
    let mut records = Vec::new();
    for (network, country) in networks {
        let (address, length) = bits(network);
        let mut node = 0;
        for depth in 0..length {
            let side = usize::from(address >> (BITS - 1 - depth) & 1 == 1);
            if depth + 1 == length {
                leaves.push((node, side, records.len()));
            } else if tree[node][side] == NOWHERE {
                tree.push([NOWHERE; 2]);
                tree[node][side] = tree.len() - 1;
                node = tree.len() - 1;
            } else {
                node = tree[node][side];
            }
        }
        records.extend(map(&[("country", map(&[("iso_code", text(country))]))]));
    }
    let count = tree.len();
    for (node, side, record) in leaves {
        tree[node][side] = count + 16 + record;
    }
    let sides = tree.into_iter().flatten();
    let mut file: Vec<u8> = sides
        .flat_map(|side| number(if side == NOWHERE { count } else { side }, 3))
        .collect();
    file.extend([0; 16]);
    file.extend(records);
    file.extend(b"\xab\xcd\xefMaxMind.com");
    file.extend(map(&[
        ("node_count", sized(6, &number(count, 4))),
        ("record_size", sized(5, &[24])),
        ("ip_version", sized(5, &[6])),
        ("database_type", text("Test-Country")),
        ("languages", vec![0, 4]),
        ("binary_format_major_version", sized(5, &[2])),
        ("binary_format_minor_version", sized(5, &[])),
        (
            "build_epoch",
            [&[4, 2][..], &number(1_800_000_000, 4)].concat(),
        ),
        ("description", map(&[])),
    ]));
    file
}

fn bits(network: &str) -> (u128, u32) {
    let (address, length) = network.split_once('/').expect("a network has a length");
    let length: u32 = length.parse().expect("a length is a number");
    match address.parse().expect("a network has an address") {
        IpAddr::V4(it) => (it.to_bits().into(), length + 96),
        IpAddr::V6(it) => (it.to_bits(), length),
    }
}

/// The last bytes of a number, the greatest first.
fn number(number: usize, bytes: usize) -> Vec<u8> {
    number.to_be_bytes()[size_of::<usize>() - bytes..].to_vec()
}

/// Bytes behind their kind, one of the first seven, and their number.
fn sized(kind: u8, bytes: &[u8]) -> Vec<u8> {
    let count = u8::try_from(bytes.len()).expect("a value is short");
    assert!(count < 29, "longer values are written otherwise");
    [&[kind << 5 | count], bytes].concat()
}

fn text(text: &str) -> Vec<u8> {
    sized(2, text.as_bytes())
}

fn map(entries: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let count = u8::try_from(entries.len()).expect("a map is small");
    let entries = entries
        .iter()
        .flat_map(|(key, value)| [text(key), value.clone()].concat());
    [7 << 5 | count].into_iter().chain(entries).collect()
}
