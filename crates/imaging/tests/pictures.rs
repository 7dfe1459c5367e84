//! What becomes of uploads, good and hostile. The files are made here, byte by
//! byte where an encoder would be too well-behaved.

use image::{DynamicImage, GenericImageView, ImageFormat, Rgb, RgbImage, Rgba, RgbaImage};
use tollgate_base::Error;
use tollgate_imaging::{Avatar, SIDE, Studio, UPLOAD_MOST};

const RED: Rgb<u8> = Rgb([250, 10, 10]);
const BLUE: Rgb<u8> = Rgb([10, 10, 250]);

async fn made(upload: Vec<u8>) -> Result<Avatar, Error> {
    Studio::default().avatar(upload).await
}

async fn refusal(upload: Vec<u8>) -> &'static str {
    made(upload)
        .await
        .err()
        .map_or("taken", |error| error.code().name)
}

fn file(picture: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    picture
        .write_to(&mut bytes, format)
        .expect("the picture is encoded");
    bytes.into_inner()
}

/// Red above, blue below, between two wide margins that the crop takes away.
fn halves() -> DynamicImage {
    RgbImage::from_fn(900, 600, |x, y| match (x, y) {
        (0..150 | 750.., _) => Rgb([0, 255, 0]),
        (_, 0..300) => RED,
        _ => BLUE,
    })
    .into()
}

/// A photograph for an encoder: no two pixels alike.
fn noise() -> DynamicImage {
    RgbImage::from_fn(700, 500, |x, y| {
        let mixed = (x * 7_919 + y * 104_729).wrapping_mul(2_654_435_761);
        Rgb([(mixed >> 24) as u8, (mixed >> 16) as u8, (mixed >> 8) as u8])
    })
    .into()
}

fn each_kind(picture: &DynamicImage) -> [Vec<u8>; 3] {
    [ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::WebP].map(|format| file(picture, format))
}

fn read(avatar: &Avatar) -> DynamicImage {
    image::load_from_memory(&avatar.bytes).expect("an avatar can be read")
}

fn near(seen: Rgba<u8>, wanted: Rgb<u8>) -> bool {
    (0..3).all(|part| seen[part].abs_diff(wanted[part]) < 12)
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
            (crc >> 1) ^ (0xedb8_8320 & 0_u32.wrapping_sub(crc & 1))
        })
    })
}

fn chunk(name: [u8; 4], data: &[u8]) -> Vec<u8> {
    let named = [name.as_slice(), data].concat();
    let (length, check) = (
        (data.len() as u32).to_be_bytes(),
        crc32(&named).to_be_bytes(),
    );
    [&length, named.as_slice(), &check].concat()
}

/// A PNG of these measures whose pixels are whatever `data` unpacks to.
fn png((width, height, depth): (u32, u32, u8), extra: &[u8], data: &[u8]) -> Vec<u8> {
    let mut header = [width.to_be_bytes(), height.to_be_bytes()].concat();
    header.extend([depth, 6, 0, 0, 0]);
    let parts = [
        b"\x89PNG\r\n\x1a\n".to_vec(),
        chunk(*b"IHDR", &header),
        extra.to_vec(),
        chunk(*b"IDAT", data),
        chunk(*b"IEND", b""),
    ];
    parts.concat()
}

/// With a camera's note, in the JPEG, of how it was held.
fn held(jpeg: &[u8], orientation: u8) -> Vec<u8> {
    let mut note = b"Exif\0\0MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0".to_vec();
    note.extend([orientation, 0, 0, 0, 0, 0, 0]);
    let length = (note.len() as u16 + 2).to_be_bytes();
    [&jpeg[..2], b"\xff\xe1", &length, &note, &jpeg[2..]].concat()
}

/// asvs:V5.2.2
#[tokio::test]
async fn every_kind_becomes_a_small_square() {
    for upload in each_kind(&halves()) {
        let avatar = made(upload.clone()).await.unwrap();
        let small = read(&avatar);
        assert_eq!(small.dimensions(), (SIDE, SIDE));
        assert!(near(small.get_pixel(2, 2), RED), "the margins are cut off");
        assert!(near(small.get_pixel(SIDE - 3, SIDE - 3), BLUE));
        assert_ne!(avatar.bytes, upload);
    }
}

#[tokio::test]
async fn the_smaller_encoding_is_kept_and_transparency_too() {
    let photograph = made(file(&noise(), ImageFormat::Png)).await.unwrap();
    assert_eq!(photograph.media_type, "image/jpeg");
    let drawing = made(file(&halves(), ImageFormat::Png)).await.unwrap();
    assert_eq!(drawing.media_type, "image/png");
    let clear = RgbaImage::from_pixel(40, 30, Rgba([9, 9, 9, 100]));
    let clear = made(file(&clear.into(), ImageFormat::WebP)).await.unwrap();
    assert_eq!(
        (clear.media_type, read(&clear).get_pixel(9, 9)[3]),
        ("image/png", 100)
    );
    for avatar in [photograph, drawing, clear] {
        assert!(
            avatar.bytes.len() < 80 * 1024,
            "{} bytes",
            avatar.bytes.len()
        );
    }
}

/// asvs:V14.2.8
#[tokio::test]
async fn a_picture_stands_upright_and_forgets_its_camera() {
    let jpeg = file(&halves(), ImageFormat::Jpeg);
    for (orientation, above, below) in [(1, RED, BLUE), (3, BLUE, RED), (6, RED, RED)] {
        let avatar = made(held(&jpeg, orientation)).await.unwrap();
        let small = read(&avatar);
        let middle = SIDE / 2;
        if orientation == 6 {
            // A quarter turn: what was above is now on the right.
            assert!(near(small.get_pixel(SIDE - 9, middle), above));
            assert!(near(small.get_pixel(9, middle), BLUE));
        } else {
            assert!(near(small.get_pixel(middle, 9), above), "{orientation}");
            assert!(near(small.get_pixel(middle, SIDE - 9), below));
        }
        assert!(!avatar.bytes.windows(4).any(|four| four == b"Exif"));
    }
}

/// asvs:V1.3.4, vuln:133, asvs:V5.2.2, asvs:V5.2.6
#[tokio::test]
async fn hostile_files_are_refused_by_name() {
    let [jpeg, good, webp] = each_kind(&halves());
    let moving = png((1, 1, 8), &chunk(*b"acTL", &[0, 0, 0, 2, 0, 0, 0, 0]), b"");
    let mut animated = webp.clone();
    animated.extend(b"ANIM\x06\0\0\0\0\0\0\0\0\0");
    let length = (animated.len() as u32 - 8).to_le_bytes();
    animated[4..8].copy_from_slice(&length);
    for (name, upload, code) in [
        ("nothing", Vec::new(), "picture.kind"),
        ("a text", b"just words".to_vec(), "picture.kind"),
        (
            "SVG",
            b"<svg xmlns='http://www.w3.org/2000/svg' onload='x()'/>".to_vec(),
            "picture.kind",
        ),
        ("GIF", b"GIF89a\x01\0\x01\0\0\0\0;".to_vec(), "picture.kind"),
        (
            "GIF that is a script",
            b"GIF89a=1;alert(1)//".to_vec(),
            "picture.kind",
        ),
        (
            "PDF with a JPEG",
            [b"%PDF-1.7\n".as_slice(), &jpeg].concat(),
            "picture.kind",
        ),
        (
            "page with a PNG",
            [b"<script>".as_slice(), &good].concat(),
            "picture.kind",
        ),
        (
            "PNG with an archive",
            [good.as_slice(), b"PK\x03\x04"].concat(),
            "picture.broken",
        ),
        (
            "WebP with an archive",
            [webp.as_slice(), b"PK\x03\x04"].concat(),
            "picture.broken",
        ),
        (
            "PNG header in a JPEG",
            [b"\xff\xd8\xff".as_slice(), &good].concat(),
            "picture.broken",
        ),
        ("a moving PNG", moving, "picture.animated"),
        ("a moving WebP", animated, "picture.animated"),
        (
            "50,000 squared",
            png((50_000, 50_000, 8), b"", b"x\x9c"),
            "picture.too_large",
        ),
        (
            "one pixel too many",
            png((40_000_001, 1, 8), b"", b"x\x9c"),
            "picture.too_large",
        ),
        (
            "measures beyond all",
            png((u32::MAX, u32::MAX, 8), b"", b""),
            "picture.too_large",
        ),
        ("no pixels", png((0, 9, 8), b"", b"x\x9c"), "picture.broken"),
        (
            "16 bits a channel",
            png((5_000, 5_000, 16), b"", b""),
            "picture.too_large",
        ),
        (
            "pixels that are not there",
            png((5_000, 5_000, 8), b"", b"x\x9c\x03\0\0\0\0\x01"),
            "picture.broken",
        ),
        (
            "too many bytes",
            vec![0xff; UPLOAD_MOST + 1],
            "request.too_large",
        ),
    ] {
        assert_eq!(refusal(upload).await, code, "{name}");
    }
}

/// What cameras append is left behind, whatever it is.
#[tokio::test]
async fn nothing_behind_a_photograph_is_kept() {
    let jpeg = file(&noise(), ImageFormat::Jpeg);
    let with_film = [jpeg.as_slice(), b"<script>PK\x03\x04 a film</script>"].concat();
    let (plain, cut) = (made(jpeg).await.unwrap(), made(with_film).await.unwrap());
    assert_eq!(plain.bytes, cut.bytes);
}

/// asvs:V5.2.2
#[tokio::test]
async fn no_part_of_a_file_passes_for_the_whole() {
    for whole in each_kind(&halves()) {
        for cut in (0..whole.len()).step_by(whole.len() / 97 + 1) {
            let code = refusal(whole[..cut].to_vec()).await;
            assert!(
                ["picture.kind", "picture.broken"].contains(&code),
                "{cut}: {code}"
            );
        }
    }
}

/// A file with one byte changed is refused or makes a sound picture; nothing
/// else can happen.
#[tokio::test]
async fn damage_makes_no_third_outcome() {
    for whole in each_kind(&halves().thumbnail(90, 60)) {
        for at in (0..whole.len()).step_by(whole.len() / 199 + 1) {
            let mut damaged = whole.clone();
            damaged[at] ^= 0x5a;
            match made(damaged).await {
                Ok(avatar) => assert_eq!(read(&avatar).dimensions(), (SIDE, SIDE)),
                Err(refused) => assert!(refused.code().name.starts_with("picture."), "{at}"),
            }
        }
    }
}
